#pragma once

#include "base/log.hpp"

namespace fgsync::cli {

/// The log of this process, on standard error: as the journal wants its lines where that is the journal.
Logger stderr_log(LogLevel level, LogFormat format = LogFormat::logfmt);

}  // namespace fgsync::cli
