#pragma once

#include <string_view>

namespace fgsync::reconcile {

/// How a function is. One word for each, the same for people and for scripts.
enum class Condition {
  synced,       ///< what its manifest says is applied, and nothing since says otherwise
  progressing,  ///< something is to be done, or is being done
  blocked,      ///< nothing is done until a person changes something
  held,         ///< by `rollback` or `hold`, or until a person agrees
  suspended,    ///< its manifest, or a person, says so
  failed,       ///< the last thing that was tried went wrong
  unknown,      ///< it could not be found out
};

std::string_view name_of(Condition condition);

}  // namespace fgsync::reconcile
