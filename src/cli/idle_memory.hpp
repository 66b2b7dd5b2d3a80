#pragma once

// What a process that waits for minutes gives back to the machine.

namespace fgsync::cli {

/// Returns free heap to the kernel, and lets go of the program's own code and constants: the kernel has them from the
/// files of the program and its libraries, and maps what is needed again, which after a sweep of 1000 functions is a
/// millisecond's work. Whoever else maps the same files keeps them. Safe beside other threads.
void give_memory_back() noexcept;

}  // namespace fgsync::cli
