#include "plan/marker.hpp"

#include <catch2/catch.hpp>

using namespace fgsync::plan;

TEST_CASE("an ownership marker is written at the end and read back") {
  const std::string description = with_owner("Makes thumbnails", "shop");
  CHECK(description == "Makes thumbnails [fgsync:own=shop]");
  CHECK(split_owner(description).text == "Makes thumbnails");
  CHECK(split_owner(description).marker == "shop");
}

TEST_CASE("an empty description is the marker alone") {
  CHECK(with_owner("", "shop") == "[fgsync:own=shop]");
  CHECK(split_owner("[fgsync:own=shop]").text.empty());
}

TEST_CASE("text without a marker at its end has none") {
  const std::string text = GENERATE("", "plain", "[fgsync:own=shop] and more", "[fgsync:own=]", "[fgsync:own=a]b]",
                                    "[fgsync:own=shop", "ends with ]");
  CHECK_FALSE(split_owner(text).marker.has_value());
  CHECK(split_owner(text).text == text);
}

TEST_CASE("the user's text is shortened, never the marker") {
  const std::string description = with_owner(std::string(600, 'x'), "shop");
  CHECK(description.size() == kMaxDescription);
  CHECK(split_owner(description).marker == "shop");
}

TEST_CASE("shortening counts characters and splits none") {
  std::string text;
  for (int i = 0; i < 600; ++i) text += "ü";
  const std::string description = with_owner(text, "shop");
  const MarkedText split = split_owner(description);
  CHECK(split.marker == "shop");
  CHECK(split.text.size() % 2 == 0);
  CHECK(split.text.size() / 2 + std::string(" [fgsync:own=shop]").size() == kMaxDescription);
}

TEST_CASE("a fingerprint marker is no ownership marker") {
  const std::string description = with_fingerprint("First", "0123456789ab", fgsync::RemoteDigest{"cafecafecafecafe"});
  CHECK(description == "First [fgsync:fp=1:0123456789ab:cafecafecafe]");
  CHECK(split_fingerprint(description).text == "First");
  CHECK_FALSE(split_owner(description).marker.has_value());
}

TEST_CASE("a fingerprint counts only on the digest that it was written for") {
  const fgsync::RemoteDigest digest{"cafecafecafecafe"};
  const std::string description = with_fingerprint("First", "0123456789ab", digest);
  CHECK(carries_fingerprint(description, digest, "0123456789ab"));
  CHECK_FALSE(carries_fingerprint(description, digest, "ba9876543210"));
  CHECK_FALSE(carries_fingerprint(description, fgsync::RemoteDigest{"beefbeefbeefbeef"}, "0123456789ab"));
  CHECK_FALSE(carries_fingerprint("First", digest, "0123456789ab"));
}

TEST_CASE("the mark of a hold is written at the end and read back") {
  const std::string description = with_hold("Production", "0123456789ab");
  CHECK(description == "Production [fgsync:hold=0123456789ab]");
  CHECK(split_hold(description).text == "Production");
  CHECK(split_hold(description).marker == "0123456789ab");
  CHECK(with_hold("", "0123456789ab") == "[fgsync:hold=0123456789ab]");
}

TEST_CASE("a description without a hold is the user's own") {
  const std::string text = GENERATE("", "Production", "[fgsync:hold=0123456789ab] by hand", "[fgsync:hold=]",
                                    "Production [fgsync:own=shop]");
  CHECK_FALSE(split_hold(text).marker.has_value());
  CHECK(split_hold(text).text == text);
}

TEST_CASE("a new hold takes the place of the old one, not a place beside it") {
  const std::string description = with_hold(split_hold(with_hold("Production", "0123456789ab")).text, "ba9876543210");
  CHECK(description == "Production [fgsync:hold=ba9876543210]");
}

TEST_CASE("for a hold, too, the user's text is shortened") {
  const std::string description = with_hold(std::string(600, 'x'), "0123456789ab");
  CHECK(description.size() == kMaxDescription);
  CHECK(split_hold(description).marker == "0123456789ab");
}

TEST_CASE("no kind of marker is taken for another") {
  const fgsync::RemoteDigest digest{"cafecafecafecafe"};
  const std::string owner = with_owner("x", "shop");
  const std::string hold = with_hold("x", "0123456789ab");
  const std::string fingerprint = with_fingerprint("x", "0123456789ab", digest);
  CHECK_FALSE(split_owner(hold).marker);
  CHECK_FALSE(split_owner(fingerprint).marker);
  CHECK_FALSE(split_hold(owner).marker);
  CHECK_FALSE(split_hold(fingerprint).marker);
  CHECK_FALSE(split_fingerprint(owner).marker);
  CHECK_FALSE(split_fingerprint(hold).marker);
}

TEST_CASE("another format of the fingerprint marker is none that we know") {
  CHECK_FALSE(split_fingerprint("First [fgsync:fp=2:0123456789ab:cafecafecafe]").marker);
}
