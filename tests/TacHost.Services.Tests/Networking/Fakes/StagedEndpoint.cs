using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Tests.Networking.Fakes;

/// <summary>An endpoint where a test decides how each attempt goes.</summary>
internal sealed class StagedEndpoint : ClientEndpoint
{
    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

    public bool HeedsCancellation { get; init; } = true;

    public bool HasNoAttempt => !_attempts.Reader.TryPeek(out _);

    public override string ToString() => "staged";

    public Task<Attempt> NextAsync() => _attempts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon();

    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        Attempt attempt = new();
        _attempts.Writer.TryWrite(attempt);
        return await attempt.Opened.Task.WaitAsync(HeedsCancellation ? cancellationToken : CancellationToken.None);
    }

    internal sealed class Attempt
    {
        public TaskCompletionSource<OpenedSocket> Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail(string reason = "it was to fail") => Opened.SetException(new SocketException((int)SocketError.ConnectionRefused, reason));

        /// <summary>Connects, over a real connection.</summary>
        /// <returns>Its other end.</returns>
        public Socket Succeed()
        {
            using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!);
            var peer = listener.Accept();
            Opened.SetResult(new OpenedSocket(client, client.RemoteEndPoint!));
            return peer;
        }
    }
}
