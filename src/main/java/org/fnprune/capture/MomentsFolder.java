package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.UsageException;

/** The moments in a folder. Every call reads files; nothing stays in memory. */
final class MomentsFolder implements MomentsStore {

  private final Path folder;
  private final MomentsIndex index;
  private final ImmutableMap<String, MomentsIndex.Entry> entries;

  /**
   * A complete folder.
   *
   * @throws UsageException when it is not complete
   */
  MomentsFolder(Path folder) {
    this.folder = folder;
    this.index = MomentsIndex.read(folder);
    this.entries = Maps.uniqueIndex(index.entries(), MomentsIndex.Entry::id);
    index.entries().forEach(entry -> MomentsFiles.check(folder, entry));
  }

  Path folder() {
    return folder;
  }

  MomentsIndex index() {
    return index;
  }

  @Override
  public ImmutableSet<String> ids() {
    return entries.keySet();
  }

  @Override
  public Captured get(String id) {
    return MomentsFiles.read(folder, entry(id));
  }

  @Override
  public Optional<LagProducts> lag(String id) {
    return MomentsFiles.readLag(folder, entry(id));
  }

  MomentsIndex.Entry entry(String id) {
    MomentsIndex.Entry entry = entries.get(id);
    if (entry == null) {
      throw new IllegalArgumentException("no moments of '" + id + "' in " + folder);
    }
    return entry;
  }
}
