#include "emulator/main.hpp"

int main(int argc, char** argv) {
  return fgsync::emulator::run(argc, argv);
}
