# What the module makes, read from the state after an apply against the offline provider.
variables {
  name             = "nura-test"
  vpc_cidr         = "10.99.0.0/16"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
}

run "subnets_do_not_overlap_and_leave_room" {
  command = apply

  assert {
    condition     = [for s in aws_subnet.private : s.cidr_block] == ["10.99.0.0/20", "10.99.16.0/20", "10.99.32.0/20"]
    error_message = "Private subnets are the first three /20."
  }

  assert {
    condition     = [for s in aws_subnet.public : s.cidr_block] == ["10.99.48.0/24", "10.99.49.0/24", "10.99.50.0/24"]
    error_message = "Public subnets are /24 from .48 on."
  }

  assert {
    condition     = [for s in aws_subnet.data : s.cidr_block] == ["10.99.56.0/24", "10.99.57.0/24", "10.99.58.0/24"]
    error_message = "Data subnets are /24 from .56 on."
  }
}

run "two_zones_move_nothing" {
  command = apply

  variables {
    zone_count = 2
  }

  assert {
    condition     = [for s in aws_subnet.data : s.cidr_block] == ["10.99.56.0/24", "10.99.57.0/24"]
    error_message = "With two zones the data subnets keep their ranges."
  }
}

run "one_nat_by_default" {
  command = apply

  assert {
    condition     = length(aws_nat_gateway.this) == 1
    error_message = "One NAT gateway serves all zones."
  }

  assert {
    condition     = length(distinct([for r in aws_route.nat : r.nat_gateway_id])) == 1
    error_message = "All private tables lead to it."
  }
}

run "nat_per_zone" {
  command = apply

  variables {
    nat_per_zone = true
  }

  assert {
    condition     = length(distinct([for r in aws_route.nat : r.nat_gateway_id])) == 3
    error_message = "Each zone has its own way out."
  }
}

run "data_subnets_have_no_way_out" {
  command = apply

  assert {
    condition     = !contains(concat([for r in aws_route.nat : r.route_table_id], [aws_route.internet.route_table_id]), aws_route_table.data.id)
    error_message = "The table of the data subnets has no route."
  }

  assert {
    condition     = alltrue([for r in aws_network_acl_rule.data : r.cidr_block != "0.0.0.0/0"])
    error_message = "Their ACL admits named ranges only."
  }

  assert {
    condition     = toset([for r in aws_network_acl_rule.data : r.from_port if !r.egress && r.to_port == r.from_port]) == toset([5432])
    error_message = "Without a cache nodes reach the database only."
  }
}

run "a_cache_is_let_in" {
  command = apply

  variables {
    cache = true
  }

  assert {
    condition     = toset([for r in aws_network_acl_rule.data : r.cidr_block if r.from_port == 6379 && !r.egress]) == toset([for s in aws_subnet.private : s.cidr_block])
    error_message = "From the private subnets, on its port."
  }

  assert {
    condition     = length(distinct([for r in aws_network_acl_rule.data : "${r.egress} ${r.rule_number}"])) == length(aws_network_acl_rule.data)
    error_message = "No two rules have one number."
  }
}

run "endpoints_are_private" {
  command = apply

  variables {
    interface_endpoints = ["bedrock-runtime", "sts"]
  }

  assert {
    condition     = aws_vpc_endpoint.interface["sts"].service_name == "com.amazonaws.us-east-1.sts"
    error_message = "The service name carries the region."
  }

  assert {
    condition     = alltrue([for e in aws_vpc_endpoint.interface : e.private_dns_enabled])
    error_message = "Endpoints answer under the public name."
  }
}
