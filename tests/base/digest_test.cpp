#include "base/digest.hpp"

#include <catch2/catch.hpp>

namespace fgsync {
namespace {

// The vectors of FIPS 180-4's examples.

TEST_CASE("digest: SHA-256 of the known texts") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("digest: SHA-512 of the known texts") {
  CHECK(sha512_hex("") ==
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
  CHECK(sha512_hex("abc") ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("digest: pieces hash like the whole") {
  const std::string million(1'000'000, 'a');
  Hasher hasher(Hasher::Function::sha256);
  for (std::size_t at = 0; at < million.size(); at += 777) hasher.update(std::string_view(million).substr(at, 777));
  CHECK(hasher.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("digest: bytes of value 0 count") {
  CHECK(sha256_hex(std::string_view("\0", 1)) != sha256_hex(std::string_view("\0\0", 2)));
}

TEST_CASE("digest: the service's digest matches ours only when it is the same text") {
  CHECK(matches(ArchiveDigest{"ab"}, RemoteDigest{"ab"}));
  CHECK_FALSE(matches(ArchiveDigest{"ab"}, RemoteDigest{"ac"}));
}

TEST_CASE("digest: two missing digests do not match") {
  CHECK_FALSE(matches(ArchiveDigest{}, RemoteDigest{}));
}

TEST_CASE("digest: HMAC as in RFC 4231, cases 1 and 2") {
  CHECK(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("digest: HMAC takes an empty key and one that is longer than a block") {
  CHECK(hmac_sha256_hex({}, "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  // RFC 4231, case 6.
  CHECK(hmac_sha256_hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace fgsync
