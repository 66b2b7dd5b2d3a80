#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/history_view.hpp"
#include "cli/remembered.hpp"
#include "cli/screen_text.hpp"

namespace fgsync::cli {

int run_history(const Options& options) {
  auto workspace = load_place(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  auto entries = remembered_history(options, *workspace, options.function, options.history_length);
  if (!entries) {
    print_error(entries.error());
    return entries.error().kind == ErrorKind::invalid ? kNothingUsable : kFailed;
  }
  std::reverse(entries->begin(), entries->end());
  if (options.format == Format::json) {
    std::cout << render_history_json(*entries);
  } else if (entries->empty()) {
    say("The state remembers nothing" + (options.function.empty() ? "" : " of " + options.function) + ".");
  } else {
    std::cout << render_history_text(*entries, screen_of(STDOUT_FILENO));
  }
  return kOk;
}

}  // namespace fgsync::cli
