#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fgsync {

/// SHA-512, lower-case hex, of the code bytes that are uploaded. What the service answers as `digest` for them
/// (docs: create function examples, recomputed).
struct ArchiveDigest {
  std::string hex;
  friend bool operator==(const ArchiveDigest&, const ArchiveDigest&) = default;
};

/// The `digest` of a function or version as the service reports it.
struct RemoteDigest {
  std::string hex;
  friend bool operator==(const RemoteDigest&, const RemoteDigest&) = default;
};

/// SHA-256, lower-case hex, over the canonical file list of a code directory: the same on every machine, before any
/// zipping.
struct ContentDigest {
  std::string hex;
  friend bool operator==(const ContentDigest&, const ContentDigest&) = default;
};

/// Whether the service holds exactly the bytes that we would upload.
inline bool matches(const ArchiveDigest& ours, const RemoteDigest& theirs) {
  return !ours.hex.empty() && ours.hex == theirs.hex;
}

/// Incremental hash of bytes. `Sha256`/`Sha512` select the function; `hex()` ends it.
class Hasher {
 public:
  enum class Function { sha256, sha512 };
  explicit Hasher(Function function);
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  ~Hasher();

  void update(std::string_view bytes);
  /// Lower-case hex of all bytes so far. The hasher must not be used after it.
  [[nodiscard]] std::string hex();

 private:
  void* context_;
};

std::string sha256_hex(std::string_view bytes);
std::string sha512_hex(std::string_view bytes);
/// HMAC with SHA-256 (RFC 2104), lower-case hex.
std::string hmac_sha256_hex(std::string_view key, std::string_view message);

}  // namespace fgsync
