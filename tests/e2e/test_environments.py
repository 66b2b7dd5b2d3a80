"""Environments, code of other kinds, and `package --explain`, as a user has them."""
import hashlib
import json
import zipfile

from harness import URN, Case, main

PROD = """\
apiVersion: fgsync/v1
kind: Environment
spec:
  variables: {STAGE: production}
  functions:
    orders:
      spec: {memory_size: 512}
"""


class Environments(Case):
    def setUp(self):
        super().setUp()
        self.add_function("orders", user_data={"STAGE": "${STAGE}"})
        self.add_function("thumbs")
        (self.work / "environments").mkdir()
        (self.work / "environments" / "prod.yaml").write_text(PROD)

    def config_of(self, name):
        return self.emulator.call("GET", f"/functions/{URN}{name}/config")

    def test_patches_and_variables_reach_the_service(self):
        out, _ = self.run_fgsync("plan", "--env", "prod")
        self.assertIn("(manifests in manifests, environment prod; observed", out)
        self.assertIn("Apply it: fgsync sync --env prod\n", out)
        self.run_fgsync("sync", "--env", "prod")
        orders = self.config_of("orders")
        self.assertEqual(orders["memory_size"], 512)
        self.assertEqual(json.loads(orders["user_data"]), {"STAGE": "production"})
        self.assertEqual(self.config_of("thumbs")["memory_size"], 128)
        out, _ = self.run_fgsync("plan", "--env", "prod", "--detailed-exitcode", "-o", "json")
        self.assertEqual(json.loads(out)["source"]["environment"], "prod")

    def test_advised_commands_are_about_the_same_environment(self):
        self.run_fgsync("sync", "--env", "prod")
        self.run_fgsync("suspend", "--env", "prod", "thumbs")
        self.add_function("thumbs", timeout=9)
        out, _ = self.run_fgsync("plan", "--env", "prod")
        self.assertIn("next: fgsync resume --env prod thumbs\n", out)
        out, _ = self.run_fgsync("plan", "--env", "prod", "-o", "json")
        self.assertEqual(json.loads(out)["blocked"][0]["next"], ["fgsync resume --env prod thumbs"])
        out, _ = self.run_fgsync("sync", "--env", "prod", code=3)
        self.assertIn("next: fgsync resume --env prod thumbs (thumbs)\n", out)
        out, _ = self.run_fgsync("resume", "thumbs")
        self.assertEqual(out, "Nothing suspends thumbs without an environment, but in the environment prod: "
                              "fgsync resume --env prod thumbs\n")
        out, _ = self.run_fgsync("resume", "--env", "prod", "thumbs")
        self.assertEqual(out, "resumed     thumbs\n")
        out, _ = self.run_fgsync("resume", "--env", "prod", "thumbs")
        self.assertEqual(out, "Nothing suspends thumbs in the environment prod.\n")
        out, _ = self.run_fgsync("hold", "--env", "prod", "thumbs")
        self.assertIn("or: fgsync release --env prod thumbs\n", out)
        out, _ = self.run_fgsync("release", "thumbs")
        self.assertEqual(out, "Nothing holds thumbs without an environment, but in the environment prod: "
                              "fgsync release --env prod thumbs\n")

    def test_a_variable_without_an_environment_is_an_error_of_its_function_only(self):
        out, err = self.run_fgsync("sync", code=1)
        self.assertIn("spec.user_data.STAGE: ${STAGE} is not set: no environment is chosen", err)
        self.assertEqual(sorted(self.emulator.functions()), ["thumbs"])

    def test_the_configuration_chooses_and_the_flag_wins(self):
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text().replace("{directory: manifests}",
                                                     "{directory: manifests, environment: prod}"))
        self.run_fgsync("sync")
        self.assertEqual(self.config_of("orders")["memory_size"], 512)
        (self.work / "environments" / "test.yaml").write_text(PROD.replace("512", "256"))
        out, _ = self.run_fgsync("validate", "--env", "test", "--show", "-n", "orders")
        self.assertIn("256", out)
        self.assertIn("# environments/test.yaml:7", out)
        self.assertIn("# manifests/orders.yaml:", out)

    def test_a_part_of_a_source_has_its_environment_too(self):
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text().replace("{directory: manifests}",
                                                     "{directory: manifests, environment: prod}"))
        self.run_fgsync("sync")
        for path in ("manifests", "manifests/orders.yaml", "./manifests/../manifests"):
            out, _ = self.run_fgsync("plan", "--detailed-exitcode", path)
            self.assertIn("environment prod; observed", out)
        (self.work / "other").mkdir()
        (self.work / "other" / "c.yaml").write_text((self.work / "manifests" / "thumbs.yaml").read_text()
                                                    .replace("thumbs", "more").replace("code/more", "code/thumbs"))
        out, _ = self.run_fgsync("plan", "other")
        self.assertNotIn("environment prod", out)
        config.write_text(config.read_text().replace("environment: prod}",
                                                     "environment: prod}, {directory: other, environment: test}"))
        _, err = self.run_fgsync("plan", code=78)
        self.assertIn("belongs to sources with different environments", err)
        out, _ = self.run_fgsync("plan", "--detailed-exitcode", "manifests")
        self.assertIn("environment prod; observed", out)

    def test_mistakes_in_manifests_are_told_although_the_environment_is_broken(self):
        (self.work / "environments" / "prod.yaml").write_text(PROD.replace("variables", "varables"))
        self.add_function("thumbs", timeout=1)
        out, _ = self.run_fgsync("validate", "--env", "prod", code=78)
        self.assertIn("spec.varables: unknown key", out)
        self.assertIn("spec.timeout: must be between 3 and 259200, found 1", out)
        self.assertNotIn("is not set", out)

    def test_a_secret_in_the_wrong_place_is_not_shown(self):
        self.add_function("orders", encrypted_user_data={"PASSWORD": "hunter2"})
        for arguments in (["--show"], [], ["-o", "json"], ["-o", "sarif"]):
            out, err = self.run_fgsync("validate", *arguments, code=78)
            self.assertNotIn("hunter2", out + err)
        (self.work / "manifests" / "orders.yaml").write_text(
            "apiVersion: fgsync/v1\nkind: Function\nspec:\n  encrypted_user_data: {P: hunter2, timeout: [}\n")
        out, err = self.run_fgsync("validate", code=78)
        self.assertNotIn("hunter2", out + err)

    def test_an_unknown_or_broken_environment_stops_everything(self):
        _, err = self.run_fgsync("sync", "--env", "prdo", code=78)
        self.assertEqual(err, "fgsync: there is no environment prdo: looked for environments/prdo.yaml; did you mean "
                              "prod?\n")
        (self.work / "environments" / "prod.yaml").write_text(PROD.replace("variables", "varables"))
        _, err = self.run_fgsync("sync", "--env", "prod", code=78)
        self.assertIn("environments/prod.yaml:4:3: error: spec.varables: unknown key", err)
        _, err = self.run_fgsync("plan", "--env", "../manifests/orders", code=78)
        self.assertIn("an environment must be named by", err)
        self.assertEqual(self.emulator.mutations(), [])

    def test_a_patch_that_fits_no_function_holds_back_the_one_that_was_meant(self):
        (self.work / "environments" / "prod.yaml").write_text(PROD.replace("orders:", "ordres:"))
        _, err = self.run_fgsync("sync", "--env", "prod", code=1)
        self.assertIn('environments/prod.yaml:6:5: error: spec.functions: no manifest defines a function "ordres"', err)
        self.assertEqual(sorted(self.emulator.functions()), ["thumbs"])

    def test_environments_do_not_share_what_is_remembered(self):
        self.run_fgsync("sync", "--env", "prod")
        out, _ = self.run_fgsync("package", "orders", "--env", "prod", "--explain")
        self.assertIn("Against what was applied last: nothing differs.", out)
        (self.work / "environments" / "test.yaml").write_text(PROD)
        out, _ = self.run_fgsync("package", "orders", "--env", "test", "--explain")
        self.assertIn("Nothing to compare with: the state remembers nothing of this function", out)


class Code(Case):
    def test_credentials_do_not_travel_as_code(self):
        self.add_function("thumbs")
        self.add_function("orders", code={"directory": "../creds"})
        (self.work / "creds").mkdir()
        (self.work / "creds" / "token").write_text("good")
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text() + "  credentials: {token_file: creds/token}\n")
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("spec.code: the code at creds would take along ", err)
        self.assertEqual(sorted(self.emulator.functions()), ["thumbs"])
        self.run_fgsync("package", "orders", code=78)

    def test_a_plan_id_covers_what_an_import_brings(self):
        self.add_function("orders", version="v1")
        first, _ = self.run_fgsync("plan", "-o", "json")
        self.add_function("orders", version="v1", memory_size=512)
        second, _ = self.run_fgsync("plan", "-o", "json")
        self.assertNotEqual(json.loads(first)["plan_id"], json.loads(second)["plan_id"])

    def test_a_single_file_is_deployed_as_a_zip_of_it(self):
        self.add_function("orders", code={"file": "../code/orders/index.py"})
        self.run_fgsync("sync")
        out, _ = self.run_fgsync("package", "orders", "-O", "orders.zip", "-o", "json")
        self.assertEqual(zipfile.ZipFile(self.work / "orders.zip").namelist(), ["index.py"])
        self.assertEqual(self.emulator.functions()["orders"]["digest"], json.loads(out)["archive_digest"])
        self.run_fgsync("plan", "--detailed-exitcode")

    def test_a_ready_zip_is_deployed_byte_for_byte(self):
        self.add_function("orders", code={"archive": "../dist/orders.zip"})
        (self.work / "dist").mkdir()
        with zipfile.ZipFile(self.work / "dist" / "orders.zip", "w") as archive:
            archive.writestr("index.py", "def handler(event, context):\n    return 1\n")
        self.run_fgsync("sync")
        digest = hashlib.sha512((self.work / "dist" / "orders.zip").read_bytes()).hexdigest()
        self.assertEqual(self.emulator.functions()["orders"]["digest"], digest)
        self.run_fgsync("plan", "--detailed-exitcode")
        (self.work / "dist" / "orders.zip").write_text("not a zip")
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("spec.code.archive: ", out)

    def test_code_that_the_service_refuses_is_that_functions_failure(self):
        self.add_function("orders", code={"image": "swr.example.com/org/app:1.2"}, runtime="Custom Image", handler="-")
        self.add_function("thumbs")
        out, err = self.run_fgsync("sync", code=1)
        self.assertIn("failed      orders: create: code_type: the emulator cannot pull images", out)
        self.assertEqual(err, "")
        self.assertEqual(sorted(self.emulator.functions()), ["thumbs"])
        _, err = self.run_fgsync("package", "orders", code=1)
        self.assertIn("there is no archive: its code is an object or an image, which the service fetches itself", err)

    def test_a_suspended_function_is_shown_and_not_touched(self):
        self.add_function("orders", suspend=True)
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("blocked: is suspended by its manifest; held back: import, publish v-", out)
        self.assertEqual(self.emulator.mutations(), [])

    def test_what_the_fingerprint_is_made_of_and_what_changed(self):
        self.add_function("orders")
        self.run_fgsync("sync")
        (self.work / "code" / "orders" / "tax.py").write_text("RATE = 19\n")
        self.add_function("orders", timeout=9, description="Orders")
        out, _ = self.run_fgsync("package", "orders", "--explain")
        self.assertIn("  timeout      9\n", out)
        self.assertIn("  content, +10 B\n  + tax.py\n", out)
        self.assertIn('  timeout: "3" → "9"\n', out)
        self.assertIn('  description: "" → "Orders" (not part of the fingerprint)\n', out)
        out, _ = self.run_fgsync("package", "orders", "--explain", "-o", "json")
        last = json.loads(out)["explanation"]["last_applied"]
        self.assertEqual(last["files"]["added"], ["tax.py"])
        self.assertEqual([field["path"] for field in last["fields"]], ["description", "timeout"])
        nowhere = self.environment(FGSYNC_PROJECT_ID=None)
        out, _ = self.run_fgsync("package", "orders", "--explain", environment=nowhere)
        self.assertIn("Nothing to compare with: no project: give --project-id", out)


if __name__ == "__main__":
    main()
