# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name = "nura-test"
}

run "name_too_long" {
  command = plan

  variables {
    name = "nura-a-name-that-is-too-long"
  }

  expect_failures = [var.name]
}

run "name_upper_case" {
  command = plan

  variables {
    name = "Nura"
  }

  expect_failures = [var.name]
}

run "region_unknown" {
  command = plan

  variables {
    replica_region = "Europe"
  }

  expect_failures = [var.replica_region]
}

run "window_too_short" {
  command = plan

  variables {
    deletion_window_days = 3
  }

  expect_failures = [var.deletion_window_days]
}
