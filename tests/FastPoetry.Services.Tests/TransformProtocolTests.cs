using System.Net.Sockets;
using System.Text;
using CsCheck;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

public sealed class TransformProtocolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("21:cummingsify.I Am. ME.,", "9:i am. me.,")]
    [InlineData("12:cummingsify.,", "0:,")]
    [InlineData("14:cummingsify.É,", "2:é,")]
    [InlineData("6:up.abc,21:cummingsify.I Am. ME.,", "3:ABC,")]
    [InlineData("3:abc,", "")]
    [InlineData("8:none.abc,", "")]
    [InlineData("0:,", "")]
    [InlineData("x", "")]
    [InlineData("31:cummingsify.", "")]
    [InlineData("21:cummingsify.I Am. ME.;", "")]
    public async Task StringReceived_Request_IsAnsweredOnceAndClosedInGoodOrder(string request, string expected)
    {
        await using var running = await RunningTransforms.StartAsync();
        Assert.Equal(expected, await running.AskAsync(Encoding.UTF8.GetBytes(request)));
    }

    [Fact]
    public async Task StringReceived_NotUtf8_IsClosedAndTheReasonLogged()
    {
        await using var running = await RunningTransforms.StartAsync();
        Assert.Equal("", await running.AskAsync([.. "13:cummingsify."u8, 0xff, (byte)',']));
        Assert.Contains(running.Lines, line => line.Contains("its request is not UTF-8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StringReceived_TransformThrows_HurtsNobodyElse()
    {
        await using var running = await RunningTransforms.StartAsync();
        await Assert.ThrowsAsync<SocketException>(() => running.AskAsync("10:broken.abc,"u8.ToArray()));
        Assert.Equal("3:ABC,", await running.AskAsync("6:up.abc,"u8.ToArray()));
    }

    [Fact]
    public async Task DataReceived_Garbage_IsClosedAndOthersAreServed()
    {
        await using var running = await RunningTransforms.StartAsync();
        await Gen.Byte.Array[0, 100].SampleAsync(
            async garbage =>
            {
                try
                {
                    await running.AskAsync(garbage);
                }
                catch (SocketException)
                {
                    // It went on sending to who had closed.
                }
            },
            iter: 200,
            threads: 2);
        Assert.Equal("3:ABC,", await running.AskAsync("6:up.abc,"u8.ToArray()));
        Assert.DoesNotContain(running.Failures, failure => failure is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    public void Item_ImpossibleName_IsRefused(string name) => Assert.Throws<ArgumentException>(() => new TransformService { [name] = poem => poem });

    private sealed class RunningTransforms : IAsyncDisposable
    {
        private readonly TcpServer _server;
        private RunningService? _running;

        private RunningTransforms()
        {
            TransformService transforms = new()
            {
                ["cummingsify"] = TransformService.Cummingsify,
                ["up"] = poem => poem.ToUpperInvariant(),
                ["broken"] = _ => throw new InvalidTimeZoneException(),
            };
            _server = new TcpServer(0, new TransformFactory(transforms) { MaxLength = 30 }, "127.0.0.1");
        }

        public IEnumerable<string> Lines => _running!.Log.Lines.Select(line => line.Text);

        public IEnumerable<Exception?> Failures => _running!.Log.Lines.Select(line => line.Failure);

        public static async Task<RunningTransforms> StartAsync()
        {
            RunningTransforms running = new();
            running._running = await RunningService.StartAsync(running._server);
            return running;
        }

        public async Task<string> AskAsync(byte[] request)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_server.LocalAddresses[0], Token).AsTask().Soon();
            await socket.SendAsync(request, Token).AsTask().Soon();
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[100];
            var length = 0;
            while (await socket.ReceiveAsync(buffer.AsMemory(length), Token).AsTask().Soon() is > 0 and var more)
                length += more;
            return Encoding.UTF8.GetString(buffer, 0, length);
        }

        public ValueTask DisposeAsync() => _running!.DisposeAsync();
    }
}
