using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

public sealed class InetdAddressTests
{
    [Theory]
    [InlineData("7000", "*", 7000, InetdProtocol.Tcp46, "7000/tcp")]
    [InlineData("*:7000/tcp4", "*", 7000, InetdProtocol.Tcp4, "7000/tcp4")]
    [InlineData("localhost:ftp", "localhost", 21, InetdProtocol.Tcp46, "localhost:ftp/tcp")]
    [InlineData("127.0.0.1:0/udp", "127.0.0.1", 0, InetdProtocol.Udp46, "127.0.0.1:0/udp")]
    [InlineData("[::1]:53/udp6", "::1", 53, InetdProtocol.Udp6, "[::1]:53/udp6")]
    [InlineData("/run/a.sock", "*", 0, InetdProtocol.Unix, "/run/a.sock")]
    public void Parse_Text_IsThatPlace(string text, string host, int port, InetdProtocol protocol, string printed)
    {
        var place = InetdAddress.Parse(text);
        Assert.Equal((host, port, protocol, printed), (place.Host, place.Port, place.Protocol, place.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7000/sctp")]
    [InlineData("localhost")]
    [InlineData("localhost:70000")]
    [InlineData(":7000")]
    [InlineData("two words:7000")]
    [InlineData("run/a.sock")]
    public void TryParse_NoPlace_IsRefused(string text) => Assert.False(InetdAddress.TryParse(text, null, out _));
}
