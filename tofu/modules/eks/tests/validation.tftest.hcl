# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name             = "nura-test"
  subnet_ids       = ["subnet-1", "subnet-2"]
  kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  node_group       = { instance_types = ["t4g.large"], min_size = 2, max_size = 4, desired_size = 2 }
  admin_role_arns  = { platform = "arn:aws:iam::123456789012:role/admin" }
}

run "version_out_of_support" {
  command = plan

  variables {
    kubernetes_version = "1.28"
  }

  expect_failures = [var.kubernetes_version]
}

run "version_not_minor" {
  command = plan

  variables {
    kubernetes_version = "latest"
  }

  expect_failures = [var.kubernetes_version]
}

run "open_to_the_world" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "range_invalid" {
  command = plan

  variables {
    public_access_cidrs = ["office"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "one_node" {
  command = plan

  variables {
    node_group = { instance_types = ["t4g.large"], min_size = 1, max_size = 4, desired_size = 1 }
  }

  expect_failures = [var.node_group]
}

run "desired_above_max" {
  command = plan

  variables {
    node_group = { instance_types = ["t4g.large"], min_size = 2, max_size = 3, desired_size = 4 }
  }

  expect_failures = [var.node_group]
}

run "intel_nodes" {
  command = plan

  variables {
    node_group = { instance_types = ["t3.medium"], min_size = 2, max_size = 4, desired_size = 2 }
  }

  expect_failures = [var.node_group]
}

run "tiny_disk" {
  command = plan

  variables {
    node_group = { instance_types = ["t4g.large"], min_size = 2, max_size = 4, desired_size = 2, disk_gib = 8 }
  }

  expect_failures = [var.node_group]
}

run "nobody_administers" {
  command = plan

  variables {
    admin_role_arns = {}
  }

  expect_failures = [var.admin_role_arns]
}

run "one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}
