#include "cli/main.hpp"

int main(int argc, char** argv) {
  return fgsync::cli::run(argc, argv);
}
