#include "cli/manual_sections.hpp"

namespace fgsync::cli {
namespace {

help::ManualSection exit_status() {
  return {"Exit status",
          "When several hold: 1 before 4 before 3 before 2 before 0.",
          {{"0", "Done, or nothing to do."},
           {"1", "Something failed: a function, a manifest, the service, the state. The others were still done."},
           {"2", "plan --detailed-exitcode: there are changes."},
           {"3", "Nothing failed, but something is blocked or was skipped, or a question was not answered with yes."},
           {"4", "sync --plan: of some function the plan is stale. The others were still done."},
           {"64", "The command line makes no sense."},
           {"78",
            "Nothing usable: configuration or connection is incomplete or wrong, no manifest is valid, the plan given "
            "with --plan cannot be used."},
           {"130, 143", "Interrupted by SIGINT, SIGTERM."}}};
}

help::ManualSection environment() {
  return {"Environment",
          "Flags come before the environment, and the environment before the configuration.",
          {{"FGSYNC_ENDPOINT", "URL of the service."},
           {"FGSYNC_REGION", "Region, for example cn-north-4."},
           {"FGSYNC_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID", "Project."},
           {"FGSYNC_TOKEN", "An IAM token."},
           {"HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN",
            "An access key, its secret key, and the token of a temporary one."},
           {"HUAWEICLOUD_SDK_CREDENTIALS_FILE", "A file of profiles with access keys."},
           {"FGSYNC_STATE, STATE_DIRECTORY, XDG_STATE_HOME",
            "Where the state is; of the last one its folder fgsync. The first that is set counts."},
           {"FGSYNC_SOCKET", "Where the daemon listens, as --socket."},
           {"FGSYNC_ACTOR", "Who is named in the history, instead of the user or the CI job."},
           {"HTTPS_PROXY, NO_PROXY", "A proxy, and hosts that are reached without."},
           {"FGSYNC_COMPLETION_PATIENCE", "For how many milliseconds completion looks for names; 10 unless set."},
           {"NO_COLOR, CLICOLOR_FORCE", "No colours; colours although it is no terminal."},
           {"TMPDIR", "Where archives of more than 1 MiB are while they are made and sent."}}};
}

help::ManualSection files() {
  return {"Files",
          "",
          {{"fgsync.yaml", "The configuration, in the root of the source."},
           {"environments/ENV.yaml", "Patches and variables of an environment, for --env."},
           {".fgsyncignore", "What of a code directory is not part of its package, in the syntax of gitignore."},
           {"~/.local/state/fgsync", "The state: what was applied, and the digests of files. It holds no secret."}}};
}

}  // namespace

std::vector<help::ManualSection> manual_sections() {
  return {exit_status(), environment(), files()};
}

}  // namespace fgsync::cli
