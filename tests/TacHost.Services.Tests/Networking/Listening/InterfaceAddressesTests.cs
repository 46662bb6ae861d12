using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking.Listening;

public sealed class InterfaceAddressesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    public async Task ResolveAsync_Address_IsThatAddress(string iface) =>
        Assert.Equal([IPAddress.Parse(iface)], await InterfaceAddresses.ResolveAsync(iface, "top/tcp", Token));

    [Fact]
    public async Task ResolveAsync_Empty_IsEveryInterface() =>
        Assert.Equal([Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any], await InterfaceAddresses.ResolveAsync("", "top/tcp", Token));

    [Fact]
    public async Task ResolveAsync_Localhost_IsLoopbackOnlyAndEachOnce()
    {
        var addresses = await InterfaceAddresses.ResolveAsync("localhost", "top/tcp", Token);
        Assert.Contains(IPAddress.Loopback, addresses);
        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address)));
        Assert.Distinct(addresses);
    }

    [Fact]
    public async Task ResolveAsync_NameOfTheLoopbackInterface_IsItsAddresses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loopback interface is called 'lo' on Linux only.");
        Assert.Contains(IPAddress.Loopback, await InterfaceAddresses.ResolveAsync("lo", "top/tcp", Token).Soon());
    }

    [Fact]
    public async Task ResolveAsync_Unknown_SaysWhatThereIs()
    {
        var failure = await Assert.ThrowsAsync<CannotListenException>(() => InterfaceAddresses.ResolveAsync("no-such.invalid", "top/tcp", Token).Soon());
        Assert.StartsWith(
            "The service 'top/tcp' cannot listen on 'no-such.invalid', because it is neither an address, nor a host name that resolves, nor a network interface of this machine. Name one of: localhost, ",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Null(failure.LocalAddress);
        Assert.IsType<SocketException>(failure.InnerException);
    }
}
