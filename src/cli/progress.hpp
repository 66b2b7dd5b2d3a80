#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "base/clock.hpp"
#include "cli/paint.hpp"
#include "cli/screen.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

enum class ProgressStyle {
  none,   ///< nothing
  lines,  ///< a line for each function that ended
  live,   ///< the same, and on the terminal a last line that is rewritten with what is in flight
};

/// Shows how a sync goes.
class ShownProgress : public reconcile::Progress {
 public:
  /// Has what changes with time alone shown anew.
  virtual void tick() {}
};

/// Where a live line is shown. All must outlive the progress.
struct Terminal {
  std::ostream& out;
  const Clock& clock;
  std::function<Screen()> screen;  ///< as wide as it is now
};

/// A line for each function that ended on `lines`, in `charset`, and the rewritten line on `terminal`. `total` is the
/// number of functions with steps.
std::unique_ptr<ShownProgress> make_progress(ProgressStyle style, std::size_t total, std::ostream& lines,
                                             Terminal terminal, Paint paint, Charset charset = Charset::utf8);

/// One line on what became of a function: `done      thumbnail: import, publish v1.0.0 (41 ms)`.
std::string describe(const reconcile::FunctionReport& report, const Paint& paint, Charset charset = Charset::utf8);

/// What became of it, without outcome and name: `import, publish v1.0.0 (41 ms)`. As it came: not made printable.
std::string describe_words(const reconcile::FunctionReport& report);

/// `3 done, 1 blocked`, or `nothing to do`.
std::string count_outcomes(const reconcile::Report& report);

}  // namespace fgsync::cli
