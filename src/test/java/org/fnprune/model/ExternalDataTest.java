package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.ModelFiles.entry;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a model file says about other files is trusted. */
class ExternalDataTest {

  @TempDir Path temp;
  private Path folder;
  private Path onnx;

  @BeforeEach
  void eightBytes() throws IOException {
    folder = Files.createDirectory(temp.resolve("model"));
    onnx = folder.resolve("model.onnx");
    Files.writeString(onnx, "not looked at", StandardCharsets.UTF_8);
    Files.write(folder.resolve("data"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  }

  private static TensorProto.Builder tensor(String location) {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(ElementType.UINT8.number())
        .addDims(4)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location));
  }

  private byte[] read(TensorProto.Builder tensor) {
    return Tensors.read(tensor.build(), onnx).bytes().toByteArray();
  }

  /** Refused, by the check before anything is read as well. */
  private String refused(TensorProto.Builder tensor) {
    String failure = Failures.of(() -> read(tensor));
    assertThat(Failures.of(() -> Tensors.check(tensor.build(), onnx))).isEqualTo(failure);
    return failure;
  }

  @Test
  void aRangeOfAFileIsRead() {
    assertThat(read(tensor("data").addExternalData(entry("offset", "3"))))
        .containsExactly(4, 5, 6, 7);
    assertThat(
            read(
                tensor("data")
                    .addExternalData(entry("length", "4"))
                    .addExternalData(entry("checksum", "abc"))))
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void aFileInASubfolderIsRead() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    Files.write(folder.resolve("sub/data"), new byte[] {9, 9, 9, 9});
    assertThat(read(tensor("sub/data"))).containsExactly(9, 9, 9, 9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../data", "sub/../../data", "..", "./../model/data"})
  void aPathUpwardsIsRefused(String location) {
    assertThat(refused(tensor(location))).contains("leaves the model's folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/hostname", "..\\data", "C:\\data"})
  void aPathThatIsNotRelativeIsRefused(String location) {
    assertThat(refused(tensor(location))).contains("is not a relative path");
  }

  @Test
  void aPathWithANulIsRefused() {
    assertThat(refused(tensor("da\0ta"))).contains("cannot be used");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(refused(tensor("gone")))
        .isEqualTo(
            "external data file "
                + folder.resolve("gone")
                + " of tensor 'w' does not exist | copy it beside the .onnx file");
  }

  @Test
  void aFolderIsNotAFile() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    assertThat(refused(tensor("sub"))).contains("not a regular file");
    assertThat(refused(tensor("."))).contains("not a regular file");
  }

  @Test
  void aLinkOutOfTheFolderIsRefused() throws IOException {
    Path secret = Files.write(temp.resolve("secret"), new byte[8]);
    Files.createSymbolicLink(folder.resolve("link"), secret);
    assertThat(refused(tensor("link"))).contains("outside the folder");
  }

  @Test
  void aFolderLinkedOutIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.write(elsewhere.resolve("data"), new byte[8]);
    Files.createSymbolicLink(folder.resolve("link"), elsewhere);
    assertThat(refused(tensor("link/data"))).contains("outside the folder");
  }

  @Test
  void aHubCacheOfLinksIsRead() throws IOException {
    Path blobs = Files.createDirectory(temp.resolve("blobs"));
    Files.move(onnx, blobs.resolve("abc"));
    Files.move(folder.resolve("data"), blobs.resolve("def"));
    Files.createSymbolicLink(onnx, Path.of("../blobs/abc"));
    Files.createSymbolicLink(folder.resolve("data"), Path.of("../blobs/def"));
    assertThat(read(tensor("data"))).containsExactly(1, 2, 3, 4);
  }

  @Test
  void dataBesideTheRealFileOfALinkIsRead() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link.onnx"), onnx);
    assertThat(Tensors.read(tensor("data").build(), link).bytes().toByteArray())
        .containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 4, '5 + 4 bytes lie beyond the 8'",
    "9, 4, '9 + 4 bytes lie beyond the 8'",
    "9223372036854775807, 4, lie beyond the 8",
    "0, 8, 'its length is 8 bytes, its shape asks for 4'",
    "0, 3, 'its length is 3 bytes, its shape asks for 4'",
    "0, 9223372036854775807, its shape asks for 4",
    "-1, 4, offset '-1' is not a number of bytes",
    "0, -4, length '-4' is not a number of bytes",
    "x, 4, offset 'x' is not a number of bytes",
    "9223372036854775808, 4, is not a number of bytes",
    "'', 4, offset '' is not a number of bytes"
  })
  void rangesAreChecked(String offset, String length, String reason) {
    TensorProto.Builder tensor =
        tensor("data")
            .addExternalData(entry("offset", offset))
            .addExternalData(entry("length", length));
    assertThat(refused(tensor)).contains(reason).contains("'w'");
  }

  @Test
  void anUnknownKeyIsRefused() {
    assertThat(refused(tensor("data").addExternalData(entry("url", "http://x"))))
        .contains("unknown key 'url'");
  }

  @Test
  void aShapeBeyondTheFileIsRefusedBeforeAnythingIsAllocated() {
    TensorProto.Builder huge = tensor("data").clearDims().addDims(1L << 40);
    assertThat(refused(huge)).contains("lie beyond");
  }
}
