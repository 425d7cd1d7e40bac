package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {

  @Test
  void anotherReaderSeesTheSamePixels() throws IOException {
    String uri = Png.dataUri(3, 2, 0x102030, (x, y) -> x == 2 ? 7 : x * 0.4 + y * 0.2);
    assertThat(uri).startsWith("data:image/png;base64,");
    byte[] bytes = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(image.getHeight()).isEqualTo(2);
    assertThat(image.getRGB(0, 0)).isEqualTo(0x00102030);
    assertThat(image.getRGB(1, 1)).isEqualTo(0x99102030);
    assertThat(image.getRGB(2, 0)).isEqualTo(0xff102030);
  }
}
