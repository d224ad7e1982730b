zone_name = "nura.example"
