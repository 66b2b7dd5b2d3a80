#pragma once

namespace fgsync::emulator {

/// The program `fgsync-emulator`. Returns the exit code.
int run(int argc, char** argv);

}  // namespace fgsync::emulator
