#pragma once

// libzip's types, whose header stays in .cpp files.
// NOLINTBEGIN(readability-identifier-naming)
struct zip;
struct zip_error;
struct zip_source;
// NOLINTEND(readability-identifier-naming)

namespace fgsync::package {

/// `zip_open_from_source`, one thread at a time: libzip 1.7.3 fills two masks for the whole process when it first opens
/// something, and a thread that finds only one of them filled is told that its archive is read-only. Null on failure;
/// the source then still belongs to the caller.
struct zip* open_zip_source(struct zip_source* source, int flags, struct zip_error* error);

}  // namespace fgsync::package
