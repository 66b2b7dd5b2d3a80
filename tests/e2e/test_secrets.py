"""Encrypted variables with the real programs: values reach the service and nothing else."""
import json
import os

from harness import URN, Case, main

VALUE = "hunter2-geheimnis"


class Secrets(Case):
    def setUp(self):
        super().setUp()
        self.configure(secrets={"allow_env": ["FN_*"]})
        self.add_function("a", encrypted_user_data={"PASSWORD": {"from_env": "FN_PASSWORD"}})

    def run_with(self, value, *arguments, **options):
        return self.run_fgsync(*arguments, environment=self.environment(FN_PASSWORD=value), **options)

    def is_encrypted(self):
        config = self.emulator.call("GET", f"/functions/{URN}a/config")
        return "PASSWORD" in config.get("encrypted_user_data", "")

    def everything_written(self):
        for directory, _, files in os.walk(self.directory):
            for name in files:
                if "emulator" not in name:
                    with open(os.path.join(directory, name), "rb") as file:
                        yield name, file.read()

    def test_a_value_reaches_the_service_and_no_file_or_output(self):
        out, err = self.run_with(VALUE, "sync", "-o", "json")
        self.assertTrue(self.is_encrypted())
        self.assertNotIn(VALUE, out + err)
        for name, content in self.everything_written():
            self.assertNotIn(VALUE.encode(), content, name)
        out, _ = self.run_with(VALUE, "plan")
        self.assertIn("No changes", out)

        out, _ = self.run_with(VALUE + "-2", "plan")
        self.assertIn("encrypted_user_data.PASSWORD", out)
        self.assertNotIn(VALUE, out)
        self.run_with(VALUE + "-2", "sync")
        self.assertIn("No changes", self.run_with(VALUE + "-2", "plan")[0])

    def test_a_machine_without_the_secret_plans_and_does_not_sync(self):
        out, _ = self.run_fgsync("plan")
        self.assertIn("the secret PASSWORD is not available here", out)
        self.assertIn("+ a", out)
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("the secret PASSWORD is not available here", out)
        self.assertEqual(self.emulator.functions(), {})

    def test_a_secret_that_the_configuration_does_not_allow(self):
        self.configure()
        _, err = self.run_with(VALUE, "plan", code=78)
        self.assertIn("from_env FN_PASSWORD is not allowed", err)
        self.assertIn("allow_env", err)

    def test_a_shared_key_tells_machines_without_state(self):
        (self.work / "key").write_text("a key that all machines have\n")
        self.configure(secrets={"allow_env": ["FN_*"]}, fingerprint_key_file="key")
        self.run_with(VALUE, "sync")
        out, _ = self.run_with(VALUE, "plan", "--no-state", "--detailed-exitcode")
        self.assertIn("No changes", out)
        out, _ = self.run_with(VALUE + "-2", "plan", "--no-state", "--detailed-exitcode", code=2)
        self.assertIn("1 to publish", out)

    def test_a_hold_takes_the_secrets_into_account(self):
        self.add_function("a", encrypted_user_data={"PASSWORD": {"from_env": "FN_PASSWORD", "revision": 1}})
        self.run_with(VALUE, "hold", "a")
        out, _ = self.run_with(VALUE, "sync", code=3)
        self.assertIn("is held by", out)
        self.add_function("a", encrypted_user_data={"PASSWORD": {"from_env": "FN_PASSWORD", "revision": 2}})
        self.run_with(VALUE, "sync")
        self.assertEqual(list(self.emulator.functions()), ["a"])

    def test_a_hold_without_a_secret_that_counts(self):
        (self.work / "key").write_text("a key that all machines have\n")
        self.configure(secrets={"allow_env": ["FN_*"]}, fingerprint_key_file="key")
        _, err = self.run_fgsync("hold", "a", code=1)
        self.assertIn("the secret PASSWORD counts for the fingerprint of a and is not available here", err)

    def test_json_calls_it_sensitive(self):
        self.run_with(VALUE, "sync")
        out, _ = self.run_with(VALUE + "-2", "plan", "-o", "json")
        diff = [row for change in json.loads(out)["changes"] for row in change["diff"]]
        self.assertEqual([(row["path"], row["sensitive"]) for row in diff],
                         [("/encrypted_user_data.PASSWORD", True)])

    def test_a_key_that_cannot_be_read(self):
        self.configure(secrets={"allow_env": ["FN_*"]}, fingerprint_key_file="nowhere")
        _, err = self.run_with(VALUE, "sync", code=78)
        self.assertIn("spec.fingerprint_key_file", err)


if __name__ == "__main__":
    main()
