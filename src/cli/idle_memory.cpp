#include "cli/idle_memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fgsync::cli {
namespace {

/// A part that nobody can write is as its file says, so that nothing is lost.
int let_go_of(dl_phdr_info* library, std::size_t /*size*/, void* /*context*/) {
  // Not of a file: the kernel's own.
  if (std::string_view(library->dlpi_name).find("vdso") != std::string_view::npos) return 0;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < library->dlpi_phnum; ++i) {
    const auto& part = library->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (library->dlpi_addr + part.p_vaddr) / page * page;
    const std::uintptr_t end = library->dlpi_addr + part.p_vaddr + part.p_filesz;
    // A refusal costs nothing but the memory.
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // NOLINT(performance-no-int-to-ptr)
  }
  return 0;
}

}  // namespace

void give_memory_back() noexcept {
  ::malloc_trim(0);
  ::dl_iterate_phdr(let_go_of, nullptr);
}

}  // namespace fgsync::cli
