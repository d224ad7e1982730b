resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.nat_zones)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = local.subnets

  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[each.key].id
}

resource "aws_route_table" "private" {
  for_each = local.subnets

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route" "nat" {
  for_each = local.subnets

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.nat_per_zone ? each.key : local.zones[0]].id
}

resource "aws_route_table_association" "private" {
  for_each = local.subnets

  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}

# Databases have no way out: this table holds the VPC's own range only.
resource "aws_route_table" "data" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-data" }
}

resource "aws_route_table_association" "data" {
  for_each = local.subnets

  route_table_id = aws_route_table.data.id
  subnet_id      = aws_subnet.data[each.key].id
}

# A second fence behind the security groups: from the private subnets only the ports of our stores.
resource "aws_network_acl" "data" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for subnet in aws_subnet.data : subnet.id]

  tags = { Name = "${var.name}-data" }
}

locals {
  data_acl = merge(concat([
    for index, zone in local.zones : {
      "postgres-${zone}" = { number = 100 + index, egress = false, cidr = local.subnets[zone].private, from = 5432, to = 5432 }
      "peers-${zone}"    = { number = 120 + index, egress = false, cidr = local.subnets[zone].data, from = 1024, to = 65535 }
      "answers-${zone}"  = { number = 100 + index, egress = true, cidr = local.subnets[zone].private, from = 1024, to = 65535 }
      "replies-${zone}"  = { number = 110 + index, egress = true, cidr = local.subnets[zone].data, from = 1024, to = 65535 }
    }
    ], [
    for index, zone in local.zones : {
      "valkey-${zone}" = { number = 110 + index, egress = false, cidr = local.subnets[zone].private, from = 6379, to = 6379 }
    } if var.cache
  ])...)
}

resource "aws_network_acl_rule" "data" {
  for_each = local.data_acl

  network_acl_id = aws_network_acl.data.id
  rule_number    = each.value.number
  egress         = each.value.egress
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = each.value.cidr
  from_port      = each.value.from
  to_port        = each.value.to
}
