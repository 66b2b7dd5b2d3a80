#include "package/zip_open.hpp"

#include <zip.h>

#include <mutex>

namespace fgsync::package {

struct zip* open_zip_source(struct zip_source* source, int flags, struct zip_error* error) {
  static std::mutex opening;
  const std::scoped_lock lock(opening);
  return zip_open_from_source(source, flags, error);
}

}  // namespace fgsync::package
