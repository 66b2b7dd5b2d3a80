#include <catch2/catch.hpp>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

SourcePosition at(int line, int column) {
  return SourcePosition{.file = "f.yaml", .line = line, .column = column};
}

}  // namespace

TEST_CASE("manifest: every field of a function is read, with its place") {
  const LoadResult result = load({
      {.path = "manifests/image-tools.yaml", .text = function_named("image-tools")},
      {.path = "manifests/f.yaml",
       .text = "apiVersion: fgsync/v1\n"
               "kind: Function\n"
               "metadata:\n"
               "  name: thumbnail\n"
               "  labels: {team: media, tier: '1', empty: ''}\n"
               "spec:\n"
               "  app: media\n"
               "  runtime: Node.js18.15\n"
               "  handler: src/index.handler\n"
               "  memory_size: 512\n"
               "  timeout: 60\n"
               "  description: Makes thumbnails\n"
               "  code:\n"
               "    directory: ../functions/thumbnail/\n"
               "    ignore: ['tests/**', '*.map']\n"
               "  user_data: {BUCKET: photos, PORT: 8080, DEBUG: true, RATIO: 1.50, EMPTY: ''}\n"
               "  version:\n"
               "    name: v1.4.0\n"
               "    description: Faster\n"
               "  aliases:\n"
               "    - name: prod\n"
               "      version: current\n"
               "      description: Production\n"
               "    - {name: last, version: v1.3.0}\n"
               "  depends_on: [image-tools]\n"
               "  adopt: true\n"},
  });
  REQUIRE(listing(result.diagnostics).empty());
  REQUIRE(result.functions.size() == 2);
  const Function& f = result.functions[1];
  const auto place = [](int line, int column) {
    return SourcePosition{.file = "manifests/f.yaml", .line = line, .column = column};
  };

  CHECK(f.name == "thumbnail");
  CHECK(f.position == place(4, 9));
  CHECK(f.labels == std::map<std::string, std::string>{{"empty", ""}, {"team", "media"}, {"tier", "1"}});
  CHECK(f.app == "media");
  CHECK(f.app_position == place(7, 8));
  CHECK(f.runtime == "Node.js18.15");
  CHECK(f.runtime_position == place(8, 12));
  CHECK(f.handler == "src/index.handler");
  CHECK(f.memory_size == 512);
  CHECK(f.timeout == std::chrono::seconds(60));
  CHECK(f.description == "Makes thumbnails");
  CHECK(f.code.path == "functions/thumbnail");
  CHECK(f.code.position == place(14, 16));
  CHECK(f.code.ignore == std::vector<std::string>{"tests/**", "*.map"});
  CHECK(f.user_data ==
        std::map<std::string, std::string>{
            {"BUCKET", "photos"}, {"DEBUG", "true"}, {"EMPTY", ""}, {"PORT", "8080"}, {"RATIO", "1.50"}});
  REQUIRE(f.version);
  CHECK(f.version->name == "v1.4.0");
  CHECK_FALSE(f.version->is_auto);
  CHECK(f.version->description == "Faster");
  CHECK(f.version->position == place(18, 11));
  REQUIRE(f.aliases.size() == 2);
  CHECK(f.aliases[0].name == "prod");
  CHECK(f.aliases[0].version == "current");
  CHECK(f.aliases[0].description == "Production");
  CHECK(f.aliases[0].position == place(21, 13));
  CHECK(f.aliases[0].version_position == place(22, 16));
  CHECK(f.aliases[1].name == "last");
  CHECK(f.aliases[1].version == "v1.3.0");
  CHECK_FALSE(f.aliases[1].description);
  REQUIRE(f.depends_on.size() == 1);
  CHECK(f.depends_on[0].value == "image-tools");
  CHECK(f.depends_on[0].position == place(25, 16));
  CHECK(f.handling.adopt);
}

TEST_CASE("manifest: what is left out has the documented defaults") {
  const LoadResult result = load_text(function_named("a"));
  REQUIRE(result.functions.size() == 1);
  const Function& f = result.functions[0];
  CHECK(f.app == "default");
  CHECK(f.memory_size == 128);
  CHECK(f.timeout == std::chrono::seconds(3));
  CHECK(f.description.empty());
  CHECK(f.code.ignore.empty());
  CHECK(f.user_data.empty());
  CHECK_FALSE(f.version);
  CHECK(f.aliases.empty());
  CHECK_FALSE(f.handling.adopt);
  CHECK(f.app_position == at(4, 9));
}

TEST_CASE("manifest: the version name auto asks for a name by fingerprint") {
  const LoadResult result =
      load_text(function_named("a", "  version: {name: auto}\n  aliases: [{name: prod, version: current}]\n"));
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].version->is_auto);
  CHECK(result.functions[0].version->name.empty());
  CHECK(result.functions[0].version->position == at(9, 19));
}

TEST_CASE("manifest: a code directory is resolved against the folder of its manifest") {
  const auto path_in = [](const std::string& file, const std::string& directory) {
    const LoadResult result = load({{.path = file, .text = with("directory: code", "directory: " + directory)}});
    return result.functions.at(0).code.path;
  };
  CHECK(path_in("f.yaml", "code") == "code");
  CHECK(path_in("f.yaml", ".") == ".");
  CHECK(path_in("a/b/f.yaml", ".") == "a/b");
  CHECK(path_in("a/b/f.yaml", "./x//y/") == "a/b/x/y");
  CHECK(path_in("a/b/f.yaml", "../../x") == "x");
  CHECK(path_in("a/f.yaml", "../../x") == "../x");
  CHECK(path_in("../f.yaml", "x") == "../x");
  CHECK(path_in("/srv/m/f.yaml", "../x") == "/srv/x");
  CHECK(path_in("a/f.yaml", "/srv/x") == "/srv/x");
}

TEST_CASE("manifest: a file may hold several documents, a byte order mark and CRLF line ends") {
  std::string crlf;
  for (const char c : with("timeout: 30", "timeout: 1")) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  const LoadResult result =
      load_text("\xEF\xBB\xBF" + crlf + "---\r\n" + function_named("b") + "...\n---\n" + function_named("c") + "---\n");
  CHECK(listing(result.diagnostics) == "9:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 1");
  CHECK(result.diagnostics.at(0).source_line == "  timeout: 1");
  REQUIRE(result.functions.size() == 2);
  CHECK(result.functions[0].position == at(24, 9));
  CHECK(result.functions[1].name == "c");
}

TEST_CASE("manifest: anchors and aliases of YAML stand for the values that they name") {
  const LoadResult result =
      load_text(function_named("a", "  user_data: &shared {A: b}\n") + "---\n" +
                function_named("b", "  description: &text hello\n  version: {name: auto, description: *text}\n"));
  REQUIRE(listing(result.diagnostics).empty());
  CHECK(result.functions.at(1).version->description == "hello");
}

TEST_CASE("manifest: foreign documents are passed over when scanned") {
  const std::vector<std::string> texts = {
      "",
      "# only a comment\n",
      "---\n---\n",
      "[1, 2]\n",
      "just text\n",
      "a: b\na: c\n",
      "apiVersion: v1\nkind: ConfigMap\n",
      "apiVersion: apps/v1\nkind: Deployment\n",
      "apiVersion: batch/v1\n",
      "apiVersion: serverless.example.org/v1\nkind: Function\n",
      "apiVersion: [v1]\n",
      "kind: Config\n",
      "version: 3\nservices: {}\n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const LoadResult result = load_text(text);
    CHECK(listing(result.diagnostics).empty());
    CHECK(result.functions.empty());
  }
}

TEST_CASE("manifest: every document of a named file must be ours") {
  const auto listing_of = [](const std::string& text) {
    return listing(load({{.path = "f.yaml", .text = text, .is_named = true}}).diagnostics);
  };
  CHECK(listing_of("") == "0:0 error empty: the file holds no manifest");
  CHECK(listing_of("[1, 2]\n") == "1:1 error wrong_type: a manifest must be a mapping, found a list");
  CHECK(listing_of("just text\n") == "1:1 error wrong_type: a manifest must be a mapping, found \"just text\"");
  CHECK(listing_of("a: b\n") == "1:1 error missing: apiVersion: is missing [write `apiVersion: fgsync/v1`]");
  CHECK(listing_of("kind: Pod\napiVersion: v1\n") ==
        "2:13 error unknown_api_version: apiVersion: must be fgsync/v1, found \"v1\"");
  CHECK(listing_of(function_named("a") + "---\n").empty());
}

TEST_CASE("manifest: a Config among manifests is out of place, it would be obeyed by nobody") {
  for (const bool is_named : {false, true}) {
    const std::string text = "apiVersion: fgsync/v1\nkind: Config\nspec: {mode: observe}\n---\n" + function_named("a");
    const LoadResult result = load({{.path = "f.yaml", .text = text, .is_named = is_named}});
    CHECK(
        listing(result.diagnostics) ==
        "1:1 error misplaced: kind: a Config is read from fgsync.yaml in the root only [rename the file to fgsync.yaml "
        "and put it there; one that is given with --config must lie outside of the directories that are read]");
    CHECK(result.functions.size() == 1);
  }
}

TEST_CASE("manifest: a warning does not keep a function from being loaded") {
  const LoadResult result = load_text(with("memory_size: 256", "memory_size: 8192"));
  CHECK(result.diagnostics.size() == 1);
  CHECK_FALSE(has_error(result.diagnostics));
  CHECK(result.functions.at(0).memory_size == 8192);
}

}  // namespace fgsync::manifest::test
