package org.fnprune.capture;

import java.util.Optional;

/**
 * The error of one slim unit on calibration text: choices are made by the part that is held out,
 * and what is chosen is fitted to all of it.
 *
 * @param fitting of what fits are compared by
 * @param heldOut of what they are compared on; empty where nothing is held out
 */
public record SplitErrors(ErrorMoments fitting, Optional<ErrorMoments> heldOut) {

  /** Of all of the text. */
  public ErrorMoments all() {
    return heldOut.map(fitting::plus).orElse(fitting);
  }

  /** Both parts {@linkplain ErrorMoments#aboutZero about zero}: for fits without a constant. */
  public SplitErrors aboutZero() {
    return new SplitErrors(fitting.aboutZero(), heldOut.map(ErrorMoments::aboutZero));
  }
}
