using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Testing.Tests;

public sealed class ProtocolHarnessTests
{
    [Fact]
    public void Lines_OfAnEcho_AreThoseReceivedHoweverTheyAreCut()
    {
        for (var length = 1; length < 12; length++)
        {
            ProtocolHarness echo = new(new Echo());
            echo.Receive("one\r\ntwo\nhalf"u8, length);
            Assert.Equal(["one", "two"], echo.Lines);
            Assert.Equal("one\r\ntwo\r\n"u8.ToArray(), echo.Bytes);
        }
    }

    [Fact]
    public void Receive_WhileReadingIsPaused_WaitsForTheProtocol()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.Transport.PauseReading();
        harness.ReceiveLines("one", "two");
        Assert.Empty(harness.Lines);
        harness.Transport.ResumeReading();
        Assert.Equal(["one", "two"], harness.Lines);
    }

    [Fact]
    public async Task ReadLine_OfAsynchronousAnswers_KeepsTheirOrder()
    {
        Slow slow = new();
        ProtocolHarness harness = new(slow);
        harness.ReceiveLines("one", "two");
        Assert.Equal(1, slow.Asked);
        slow.Answer.SetResult();
        Assert.Equal("one", await harness.ReadLineAsync(TestContext.Current.CancellationToken).Soon());
        Assert.Equal("two", await harness.ReadLineAsync(TestContext.Current.CancellationToken).Soon());
        harness.Lose();
        await Assert.ThrowsAsync<EndOfStreamException>(() => harness.ReadLineAsync(TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public void Lose_WithAReason_IsToldOnceAndEndsReceiving()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        IOException reason = new("reset");
        harness.Lose(reason);
        harness.Lose();
        harness.ReceiveLines("late");
        Assert.Equal([reason], echo.Losses);
        Assert.True(harness.IsLost);
        Assert.Empty(harness.Lines);
    }

    [Fact]
    public void LoseConnection_WhileThePeerDoesNotRead_WaitsUntilAllIsSent()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.PauseSending();
        harness.ReceiveLines("last");
        harness.Transport.LoseConnection();
        Assert.True(harness.IsClosing);
        Assert.False(harness.IsLost);
        Assert.Empty(harness.Bytes);
        harness.ResumeSending();
        Assert.Equal(["last"], harness.Lines);
        Assert.Equal([null], echo.Losses);
    }

    [Fact]
    public void PauseSending_WithAProducer_PausesItAboveTheMark()
    {
        ProtocolHarness harness = new(new Echo());
        Producer producer = new();
        harness.Transport.RegisterProducer(producer, 3);
        harness.PauseSending();
        harness.Transport.Write("abc"u8.ToArray());
        Assert.Empty(producer.Calls);
        harness.Transport.Write("d"u8.ToArray());
        harness.ResumeSending();
        harness.Lose();
        Assert.Equal(["pause", "resume", "stop"], producer.Calls);
        Assert.Equal("abcd", harness.Text);
    }

    [Fact]
    public void Stop_OfAnIdleConnection_ClosesItAndCancelsTheToken()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.Stop();
        Assert.True(harness.Transport.StoppingToken.IsCancellationRequested);
        Assert.Equal([null], echo.Losses);
    }

    [Fact]
    public void Receive_ThatMakesTheProtocolThrow_ThrowsAndAborts()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        var failure = Assert.Throws<FormatException>(() => harness.ReceiveLines("throw"));
        Assert.Equal("no such line", failure.Message);
        Assert.True(harness.IsAborted);
        Assert.Equal([failure], echo.Losses);
    }

    [Fact]
    public async Task AbortConnection_IsLostForTheReasonOfASocket()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.Transport.AbortConnection();
        var reason = Assert.IsType<SocketException>(Assert.Single(echo.Losses));
        Assert.Equal(SocketError.ConnectionAborted, reason.SocketErrorCode);
        Assert.Same(reason, await harness.WaitForLossAsync(TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public void FinishReceiving_ByDefault_ClosesTheConnection()
    {
        ProtocolHarness harness = new(new Echo());
        harness.ReceiveLines("one");
        harness.FinishReceiving();
        Assert.True(harness.IsLost);
        Assert.Equal(["one"], harness.Lines);
    }

    [Fact]
    public void Connect_WithAFactory_StartsAndStopsItWithTheConnection()
    {
        Counting factory = new();
        var harness = ProtocolHarness.Connect(factory, new DnsEndPoint("peer", 3));
        Assert.Equal((1, 0, "peer:3"), (factory.Started, factory.Stopped, harness.Transport.Peer.ToString()!.Split('/')[^1]));
        harness.Lose();
        Assert.Equal(1, factory.Stopped);
        factory.IsRefusing = true;
        var failure = Assert.Throws<InvalidOperationException>(() => ProtocolHarness.Connect(factory));
        Assert.Equal("The Counting refused the connection of 127.0.0.1:2: it built no protocol.", failure.Message);
        Assert.Equal(2, factory.Stopped);
    }

    private sealed class Echo : LineProtocol
    {
        public List<Exception?> Losses { get; } = [];

        protected override void LineReceived(string line)
        {
            if (line == "throw")
                throw new FormatException("no such line");
            SendLine(line);
        }

        protected override void ConnectionLost(Exception? reason) => Losses.Add(reason);
    }

    private sealed class Slow : LineProtocol
    {
        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked { get; private set; }

        protected override async Task LineReceivedAsync(string line)
        {
            Asked++;
            await Answer.Task;
            SendLine(line);
        }
    }

    private sealed class Producer : IProducer
    {
        public List<string> Calls { get; } = [];

        public void PauseProducing() => Calls.Add("pause");

        public void ResumeProducing() => Calls.Add("resume");

        public void StopProducing() => Calls.Add("stop");
    }

    private sealed class Counting : ServerFactory
    {
        public int Started { get; private set; }

        public int Stopped { get; private set; }

        public bool IsRefusing { get; set; }

        protected override Protocol? BuildProtocol(EndPoint peer) => IsRefusing ? null : new Echo();

        protected override void StartFactory() => Started++;

        protected override void StopFactory() => Stopped++;
    }
}
