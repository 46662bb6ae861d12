using System.Diagnostics;
using System.Runtime.InteropServices;
using TacHost.Bench.Interop;

namespace TacHost.Bench.Load;

/// <summary>Fetches poems from a server on this machine, on one thread with one poller. Ends after so many poems, or so much time, whichever is first.</summary>
/// <param name="Port">On the IPv4 loopback address; it talks to nobody else.</param>
/// <param name="Poem">What must come, to the byte. It must fit into a socket's buffer.</param>
internal sealed record PoemLoad(int Port, byte[] Poem)
{
    private const int MostConnections = 4096;
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan _longestSilence = TimeSpan.FromSeconds(20);

    /// <summary>The core that the load runs on, or null for any.</summary>
    public int? Core { get; init; }

    /// <summary>How many poems are fetched at a time, each client taking the next as soon as it has one. Not used with <see cref="PerSecond"/>.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>Begins so many poems a second, at even intervals, whether or not those before have come.</summary>
    public double? PerSecond { get; init; }

    /// <summary>How many poems at most.</summary>
    public int Poems { get; init; } = int.MaxValue;

    /// <summary>How long at most.</summary>
    public TimeSpan AtMost { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the load on a thread of its own.</summary>
    public LoadResult Run()
    {
        LoadResult? result = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var run = new LoadRun(this);
                result = run.Run();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return result ?? throw new InvalidOperationException($"The load on port {Port} broke off: {failure!.Message}", failure);
    }

    private sealed unsafe class LoadRun : IDisposable
    {
        private readonly PoemLoad _load;
        private readonly int _poll;
        private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(64 * Libc.PollEvent.Size));
        private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferSize);
        private readonly Dictionary<int, long> _due = new(MostConnections);
        private readonly List<float> _latencies = new(1 << 20);
        private int _begun;
        private int _failures;

        public LoadRun(PoemLoad load)
        {
            _load = load;
            _poll = Checked(Libc.CreatePoll(Libc.CloseOnExec), "epoll_create1");
            if (load.Core is { } core)
            {
                var mask = 1UL << core;
                Checked(Libc.SetAffinity(0, sizeof(ulong), &mask), "sched_setaffinity");
            }
        }

        public LoadResult Run()
        {
            var began = Stopwatch.GetTimestamp();
            var end = began + (long)(_load.AtMost.TotalSeconds * Stopwatch.Frequency);
            var interval = _load.PerSecond is { } rate ? Stopwatch.Frequency / rate : 0;
            var lastSign = began;
            while (true)
            {
                var now = Stopwatch.GetTimestamp();
                var more = now < end && _begun < _load.Poems;
                if (!more && _due.Count == 0)
                    break;
                if (more && interval > 0)
                {
                    // Late ones are counted from the moment they were due: a server that stalls delays all that come after.
                    for (; began + (long)(_begun * interval) is var due && due <= now && _due.Count < MostConnections; now = Stopwatch.GetTimestamp())
                        Begin(due);
                }
                else if (more)
                {
                    while (_due.Count < _load.Clients && _begun < _load.Poems)
                        Begin(Stopwatch.GetTimestamp());
                }

                // At an even pace there is no time to sleep between two poems.
                var count = Libc.WaitForPoll(_poll, _events, 64, interval > 0 && more ? 0 : 100);
                for (var i = 0; i < count; i++)
                    Finish(Libc.PollEvent.Descriptor(_events, i));
                if (count > 0)
                    lastSign = Stopwatch.GetTimestamp();
                else if (_due.Count > 0 && Stopwatch.GetElapsedTime(lastSign) > _longestSilence)
                    throw new TimeoutException($"Nothing came for {_longestSilence.TotalSeconds} seconds, with {_due.Count} poems outstanding.");
            }

            var time = Stopwatch.GetElapsedTime(began);
            var latencies = _latencies.ToArray();
            Array.Sort(latencies);
            return new LoadResult(latencies.Length, _failures, time, latencies);
        }

        public void Dispose()
        {
            foreach (var descriptor in _due.Keys)
                _ = Libc.Close(descriptor);
            _ = Libc.Close(_poll);
            NativeMemory.Free(_events);
            NativeMemory.Free(_buffer);
        }

        private void Begin(long due)
        {
            _begun++;
            var socket = Checked(Libc.Socket(Libc.Internet, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0), "socket");
            var address = Libc.SocketAddress.Loopback(_load.Port);
            if (Libc.Connect(socket, &address, sizeof(Libc.SocketAddress)) != 0 && Marshal.GetLastPInvokeError() != Libc.InProgress)
                throw new InvalidOperationException($"connect: {Marshal.GetLastPInvokeErrorMessage()}");

            // The one event that matters is that the server has said all it has to say.
            var pollEvent = stackalloc byte[16];
            Libc.PollEvent.Write(pollEvent, Libc.PeerHasShut, socket);
            Checked(Libc.ControlPoll(_poll, Libc.Add, socket, pollEvent), "epoll_ctl");
            _due[socket] = due;
        }

        private void Finish(int socket)
        {
            var length = 0;
            while (Libc.Receive(socket, _buffer + length, BufferSize - length, 0) is > 0 and var count)
                length += (int)count;
            _ = Libc.Close(socket);
            if (!_due.Remove(socket, out var due))
                return;
            if (new ReadOnlySpan<byte>(_buffer, length).SequenceEqual(_load.Poem))
                _latencies.Add((float)Stopwatch.GetElapsedTime(due).TotalMicroseconds);
            else if (++_failures > 100)
                throw new InvalidOperationException($"a hundred poems did not come whole; the last was {length} bytes long instead of {_load.Poem.Length}.");
        }

        private static int Checked(int result, string what) =>
            result >= 0 ? result : throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
