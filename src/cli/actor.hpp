#pragma once

#include <string>

#include "config/environment.hpp"

namespace fgsync::cli {

/// Who runs this, for the history: FGSYNC_ACTOR, else what GitHub or GitLab call the one who started the job and the
/// job itself, else user@host.
std::string actor_of(const config::Environment& environment);

}  // namespace fgsync::cli
