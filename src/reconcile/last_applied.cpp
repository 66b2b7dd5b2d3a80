#include "reconcile/last_applied.hpp"

namespace fgsync::reconcile {

plan::LastApplied to_last_applied(const state::InventoryEntry& entry) {
  plan::LastApplied last;
  last.urn = entry.urn;
  last.content_digest = entry.content_digest;
  last.remote_digest = entry.remote_digest;
  last.fingerprint = entry.fingerprint;
  last.config = entry.config;
  // Files are only for showing what changed: an entry that cannot be read shows less.
  if (auto files = package::files_from_text(entry.files)) last.files = std::move(*files);
  return last;
}

}  // namespace fgsync::reconcile
