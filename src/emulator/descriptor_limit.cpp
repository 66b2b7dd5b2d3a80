#include "emulator/descriptor_limit.hpp"

#include <sys/resource.h>

namespace fgsync::emulator {

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // At worst connections wait a little earlier to be accepted.
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace fgsync::emulator
