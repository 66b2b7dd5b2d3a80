#pragma once

namespace fgsync::cli {

/// The program `fgsync`. Returns the exit code.
int run(int argc, char** argv);

}  // namespace fgsync::cli
