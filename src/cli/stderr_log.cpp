#include "cli/stderr_log.hpp"

#include <unistd.h>

#include <string>

#include "config/environment.hpp"

namespace fgsync::cli {

Logger stderr_log(LogLevel level, LogFormat format) {
  const std::string stream = config::process_environment()("JOURNAL_STREAM").value_or("");
  return Logger::to_stderr(LogSettings{level, format, is_journal_stream(stream, STDERR_FILENO)});
}

}  // namespace fgsync::cli
