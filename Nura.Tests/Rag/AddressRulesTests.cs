using System.Net;
using Nura.Rag.Repositories;

namespace Nura.Tests.Rag;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("0.0.0.0"), InlineData("0.1.2.3"), InlineData("10.0.0.1"), InlineData("10.255.255.255"), InlineData("100.64.0.1"), InlineData("100.127.255.254")]
    [InlineData("127.0.0.1"), InlineData("127.1.2.3"), InlineData("169.254.169.254"), InlineData("169.254.170.2"), InlineData("172.16.0.1"), InlineData("172.31.255.255")]
    [InlineData("192.0.0.8"), InlineData("192.0.2.1"), InlineData("192.88.99.1"), InlineData("192.168.1.1"), InlineData("198.18.0.1"), InlineData("198.19.255.255")]
    [InlineData("198.51.100.7"), InlineData("203.0.113.9"), InlineData("224.0.0.1"), InlineData("239.1.1.1"), InlineData("240.0.0.1"), InlineData("255.255.255.255")]
    [InlineData("::"), InlineData("::1"), InlineData("::7f00:1"), InlineData("::ffff:127.0.0.1"), InlineData("::ffff:169.254.169.254"), InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::7f00:1"), InlineData("64:ff9b::a9fe:a9fe"), InlineData("64:ff9b:1::1"), InlineData("100::1"), InlineData("2001::1"), InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::"), InlineData("2002:a9fe:a9fe::"), InlineData("fc00::1"), InlineData("fd00:ec2::254"), InlineData("fe80::1"), InlineData("fe80::1%1")]
    [InlineData("fec0::1"), InlineData("ff02::1"), InlineData("3fff::1"), InlineData("5f00::1")]
    public void Address_NotOfTheInternet_IsNotPublic(string address) => Assert.False(AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1"), InlineData("140.82.121.4"), InlineData("172.32.0.1"), InlineData("100.128.0.1"), InlineData("192.167.255.255"), InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111"), InlineData("2a00:1450:4001:81b::200e"), InlineData("2001:4860:4860::8888")]
    public void Address_OfTheInternet_IsPublic(string address) => Assert.True(AddressRules.IsPublic(IPAddress.Parse(address)));
}
