#pragma once

#include <string>
#include <vector>

namespace fgsync::cli {

// `words` is what stands after the program's name, the command first.

/// The words of the command line, of which `help plan` says the same as `plan --help`.
std::vector<std::string> words_of(int argc, char** argv);

/// Prints the help of the command that `words` name, or the list of all. Returns the exit code.
int show_help(const std::vector<std::string>& words);

/// Says what is wrong with the command line, and where help is. Returns the exit code.
int usage_error(const std::string& message, const std::vector<std::string>& words);

}  // namespace fgsync::cli
