#pragma once

namespace fgsync::emulator {

/// Allows this process as many open descriptors as it may allow itself: each connection is one.
void raise_descriptor_limit();

}  // namespace fgsync::emulator
