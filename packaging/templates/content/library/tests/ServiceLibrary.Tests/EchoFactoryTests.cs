using TacHost.Testing;

namespace ServiceLibrary.Tests;

public sealed class EchoFactoryTests
{
    [Fact]
    public void Client_SendsALine_GetsItBack()
    {
        var client = ProtocolHarness.Connect(new EchoFactory("hello")); // a connection without a socket
        client.ReceiveLines("one", "quit");
        Assert.Equal(["hello", "you said: one"], client.Lines);
        Assert.True(client.IsLost);
    }
}
