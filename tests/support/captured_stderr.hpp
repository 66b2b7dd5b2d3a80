#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/temp_directory.hpp"

namespace fgsync::test {

/// What is written to standard error while it lives.
class CapturedStderr {
 public:
  CapturedStderr() : saved_(::dup(2)) {
    const int file = ::open((directory_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(file, 2);
    ::close(file);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;
  ~CapturedStderr() { restore(); }

  std::string text() {
    restore();
    std::ifstream file(directory_ / "stderr");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

 private:
  void restore() {
    if (saved_ < 0) return;
    ::dup2(saved_, 2);
    ::close(saved_);
    saved_ = -1;
  }

  TempDirectory directory_;
  int saved_;
};

}  // namespace fgsync::test
