package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

  @TempDir Path folder;

  private Path touch(String name) throws IOException {
    return write(name, "");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  @Test
  void theUsualNameWins() throws IOException {
    touch("model.onnx");
    touch("another.onnx");
    touch("onnx/model.onnx");
    ModelFolder found = ModelFolder.open(folder);
    assertThat(found.onnxFile()).isEqualTo(folder.resolve("model.onnx"));
    assertThat(found.root()).isEqualTo(folder);
    assertThat(found.whole()).isTrue();
  }

  @Test
  void theOnnxSubfolderIsNext() throws IOException {
    touch("onnx/model.onnx");
    touch("decoder.onnx");
    assertThat(ModelFolder.open(folder).onnxFile()).isEqualTo(folder.resolve("onnx/model.onnx"));
  }

  @Test
  void aSingleFileOfAnotherNameIsTaken() throws IOException {
    touch("decoder.onnx");
    touch("decoder.onnx_data");
    assertThat(ModelFolder.open(folder).onnxFile()).isEqualTo(folder.resolve("decoder.onnx"));
  }

  @Test
  void severalFilesAreListed() throws IOException {
    touch("b.onnx");
    touch("a.onnx");
    assertThat(Failures.of(() -> ModelFolder.open(folder)))
        .isEqualTo(
            "folder '" + folder + "' has several .onnx files: [a.onnx, b.onnx] | name one of them");
  }

  @Test
  void aFolderWithoutAModelIsRefused() {
    assertThat(Failures.of(() -> ModelFolder.open(folder)))
        .isEqualTo(
            "folder '"
                + folder
                + "' has no .onnx file | give an .onnx file or a folder that has one");
  }

  @Test
  void aMissingPathIsRefused() {
    Path gone = folder.resolve("gone");
    assertThat(Failures.of(() -> ModelFolder.open(gone)))
        .startsWith("model '" + gone + "' does not exist");
  }

  @Test
  void aBareFileHasItsFolderAsRoot() throws IOException {
    Path file = touch("b.onnx");
    touch("a.onnx");
    ModelFolder found = ModelFolder.open(file);
    assertThat(found.onnxFile()).isEqualTo(file);
    assertThat(found.whole()).isFalse();
    assertThat(found.root()).isEqualTo(folder);
  }

  @Test
  void companionsLieBesideTheModelOrAboveTheOnnxFolder() throws IOException {
    touch("onnx/model.onnx");
    touch("tokenizer.json");
    write("config.json", "{\"n_layer\": 1}");
    write("onnx/config.json", "{\"n_layer\": 2, \"name\": \"x\"}");
    ModelFolder found = ModelFolder.open(folder);
    assertThat(found.tokenizer()).contains(folder.resolve("tokenizer.json"));
    assertThat(found.configNumber("n_layer")).contains(2L);
    assertThat(found.configNumber("name")).isEmpty();
    assertThat(found.configNumber("gone")).isEmpty();
  }

  @Test
  void aConfigurationThatIsNotAnObjectIsRefused() throws IOException {
    touch("model.onnx");
    for (String text : new String[] {"[1]", "{\"a\":", "", "null", "7"}) {
      write("config.json", text);
      assertThat(Failures.of(() -> ModelFolder.open(folder).config()))
          .contains("config.json is not a readable JSON object");
    }
  }

  @Test
  void otherFilesAreAllButTheModel() throws IOException {
    Path model = touch("model.onnx");
    touch("tokenizer.json");
    touch("sub/notes.txt");
    assertThat(ModelFolder.open(folder).otherFiles())
        .containsExactly(Path.of("sub/notes.txt"), Path.of("tokenizer.json"));
    assertThat(ModelFolder.open(model).otherFiles()).containsExactly(Path.of("tokenizer.json"));
  }

  @Test
  void theDecoderThatGenaiNamesIsTaken() throws IOException {
    touch("a.onnx");
    touch("text.onnx");
    write("genai_config.json", "{\"model\": {\"decoder\": {\"filename\": \"text.onnx\"}}}");
    assertThat(ModelFolder.open(folder).onnxFile()).isEqualTo(folder.resolve("text.onnx"));
  }

  @Test
  void ofAPairTheDecoderIsTakenAndTheEncoderStays() throws IOException {
    touch("onnx/encoder_model.onnx");
    touch("onnx/decoder_model.onnx");
    touch("onnx/decoder_model_merged.onnx");
    touch("onnx/decoder_model_merged.onnx_data");
    touch("onnx/decoder_model_merged_fp16.onnx");
    ModelFolder found = ModelFolder.open(folder);
    assertThat(found.onnxFile()).isEqualTo(folder.resolve("onnx/decoder_model_merged.onnx"));
    assertThat(found.otherModels())
        .containsExactly(Path.of("onnx/decoder_model.onnx"), Path.of("onnx/encoder_model.onnx"));
    assertThat(found.holdsThisModel(Path.of("onnx/decoder_model_merged.onnx_data"))).isTrue();
    assertThat(found.holdsThisModel(Path.of("tokenizer.json"))).isFalse();
  }
}
