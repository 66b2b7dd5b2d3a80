// Writes the manual pages of the programs into a directory: fgsync-manual DIR DATE. Run while building; not installed.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/manual_sections.hpp"
#include "cli/options.hpp"
#include "emulator/command_line.hpp"
#include "help/manual.hpp"

namespace {

bool write_pages(const std::filesystem::path& folder, const std::vector<fgsync::help::ManualPage>& pages) {
  for (const fgsync::help::ManualPage& page : pages) {
    std::ofstream file(folder / page.file, std::ios::binary | std::ios::trunc);
    file << page.markup;
    if (!file.flush()) {
      std::cerr << "fgsync-manual: " << (folder / page.file).string() << " could not be written\n";
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace fgsync;
  if (argc != 3) {
    std::cerr << "usage: fgsync-manual DIR DATE\n";
    return 64;
  }
  const help::ManualFoot foot{"fgsync " FGSYNC_VERSION, argv[2]};
  const auto program = help::render_manual(cli::command_line_shape(), cli::manual_sections(), foot);
  const auto emulator = help::render_manual(emulator::command_line_shape(), {}, foot);
  return write_pages(argv[1], program) && write_pages(argv[1], emulator) ? 0 : 1;
}
