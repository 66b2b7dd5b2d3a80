#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "manifest/loader.hpp"
#include "reconcile/adopted_manifest.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// Opens a way to where the service says that code can be fetched. Without credentials.
using Connect = std::function<Result<std::unique_ptr<http::HttpClient>>(const http::Endpoint&)>;

/// What an adopted function's manifest is called in its folder.
inline constexpr const char* kAdoptedManifest = "function.yaml";

struct AdoptionWish {
  functiongraph::FunctionRow row;
  std::string workplace;       ///< an empty directory: manifest and code are put there
  std::string root = {};       ///< what the code may not leave; holds the workplace
  bool keeps_archive = false;  ///< code stays packed
  /// Borrowed; none: manifests as they stand.
  const manifest::Environment* environment = nullptr;
};

/// A function as it can be taken over. What is written of it is in the workplace.
struct Adoption {
  std::string name;
  std::string manifest;                        ///< the text
  std::string code;                            ///< in the workplace, a directory or a file; empty: there is none
  std::size_t files = 0;                       ///< in it
  std::optional<state::KnownCode> known_code;  ///< what zipping it again would not show
  state::InventoryEntry entry;
  std::vector<std::string> remarks;
  std::vector<std::string> to_do;  ///< what a person must finish; empty: the next plan is empty
  std::vector<std::string> notes;  ///< what a person should know
};

/// Reads what there is of existing functions, and makes manifests of it. Changes nothing on the service.
class Adopter {
 public:
  Adopter(Ports ports, Settings settings, Connect connect)
      : ports_(std::move(ports)),
        settings_(std::move(settings)),
        connect_(std::move(connect)),
        random_(settings_.random_seed) {}

  /// All functions of the project.
  boost::asio::awaitable<Result<std::vector<functiongraph::FunctionRow>>> list();

  /// Fills the workplace; on failure what is in it is of no use. Errors: `invalid`, no manifest can say what the
  /// function is; `corrupt`, the code is an archive that is damaged or made to do harm; those of the ports. What the
  /// service refuses to give away is no error, but to be finished.
  boost::asio::awaitable<Result<Adoption>> adopt(AdoptionWish wish);

  /// Once everything is in its place: what the state must know for the next plan to be empty, and a word in the
  /// history.
  boost::asio::awaitable<Result<void>> remember(Adoption adoption);

 private:
  /// What of the code there is.
  struct Code {
    AdoptedCode named;
    std::string bytes;
  };

  boost::asio::awaitable<Result<plan::ObservedFunction>> observe(functiongraph::FunctionUrn urn);
  boost::asio::awaitable<Result<plan::ObservedFunction>> observe_once(functiongraph::FunctionUrn urn);
  boost::asio::awaitable<Result<void>> observe_aliases(functiongraph::FunctionUrn urn, plan::ObservedFunction& observed,
                                                       Deadline deadline);
  boost::asio::awaitable<Result<std::vector<std::string>>> trigger_remarks(
      const plan::ObservedFunction& observed) const;
  boost::asio::awaitable<Result<Code>> fetch_code(const plan::ObservedFunction& observed);
  boost::asio::awaitable<Result<std::string>> export_code(functiongraph::FunctionUrn urn, RemoteDigest digest);
  boost::asio::awaitable<Result<std::string>> export_once(functiongraph::FunctionUrn urn, RemoteDigest digest);
  boost::asio::awaitable<Result<std::string>> download(std::string link);
  boost::asio::awaitable<Result<void>> place(const AdoptionWish& wish, const plan::ObservedFunction& observed,
                                             Code& code, Adoption& adoption);
  /// What the next plan says, as far as it is to be finished; and what it rests on. Blocks.
  Result<void> check(Adoption& adoption, const plan::ObservedFunction& observed, const manifest::Function& function,
                     const std::string& root) const;
  boost::asio::awaitable<bool> may_try_again(Error error, int failures);

  Ports ports_;
  Settings settings_;
  Connect connect_;
  std::mt19937_64 random_;
};

}  // namespace fgsync::reconcile
