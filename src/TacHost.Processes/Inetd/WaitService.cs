using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using TacHost.Native;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>An inetd service whose program gets the bound socket. The service does not use the socket until the program ends.</summary>
internal sealed class WaitService : Service, IListeningService, IServiceNeeds
{
    private readonly InetdService _service;
    private readonly InetdOptions _options;
    private readonly Programs _programs;
    private List<InetdSocket> _sockets = [];
    private Waking? _waking;
    private CancellationTokenSource? _stopping;
    private Task _serving = Task.CompletedTask;

    public WaitService(InetdService service, InetdOptions options) =>
        (_service, _options, _programs) = (service, options, new Programs(service, options, this));

    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _service.Needs;

    public IReadOnlyList<EndPoint> LocalAddresses => [.. _sockets.Select(socket => socket.EndPoint)];

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _programs.Prepare();
        return InetdSocket.BindAsync(_service.Address, this, _sockets.Add, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _programs.Begin();
        if (!File.Exists(_service.Program))
            InetdLog.ProgramMissing(Logger, _service, _service.Program);
        (_waking, _stopping) = (new Waking(), new CancellationTokenSource());
        InetdLog.Serving(Logger, _service, string.Join(" and ", LocalAddresses), _service.Program, _programs.User);
        var (waking, stopping) = (_waking, _stopping.Token);
        _serving = Task.WhenAll(_sockets.Select(socket => Task.Run(() => ServeAsync(socket.Bound, waking, stopping), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        foreach (var socket in _sockets)
            socket.Unlink();
        if (_stopping is not null)
            await _stopping.CancelAsync();
        _waking?.Wake();
        await _programs.StopAsync(cancellationToken);
        await _serving;
        foreach (var socket in _sockets)
            socket.Dispose();
        _waking?.Dispose();
        (_sockets, _waking) = ([], null);
    }

    private async Task ServeAsync(Socket socket, Waking waking, CancellationToken stopping)
    {
        while (await waking.ReadableAsync(socket))
        {
            if (_programs.MayStart(out var pause))
                await _programs.RunAsync(socket, isItsOwn: false, "the received data", ClientVariables.None(_service.Address));
            else
                await Task.Delay(pause, _options.TimeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for sockets with poll(2), because an asynchronous wait of <c>Socket</c> would make them non-blocking for the program too.</summary>
    private sealed class Waking : IDisposable
    {
        /// <summary>A pipe whose write end is closed to wake the waiting threads.</summary>
        private readonly AnonymousPipeServerStream _writing = new(PipeDirection.Out, HandleInheritability.None);

        public void Wake() => _writing.Dispose();

        /// <summary>Returns true when the socket is readable, and false after <see cref="Wake"/>.</summary>
        public Task<bool> ReadableAsync(Socket socket) => Task.Factory.StartNew(() => IsReadable(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        public void Dispose()
        {
            _writing.Dispose();
            _writing.ClientSafePipeHandle.Dispose();
        }

        private unsafe bool IsReadable(Socket socket)
        {
            var waits = stackalloc PollDescriptor[2];
            waits[0] = new PollDescriptor { Descriptor = (int)socket.SafeHandle.DangerousGetHandle(), Events = PollDescriptor.PollIn };
            waits[1] = new PollDescriptor { Descriptor = (int)_writing.ClientSafePipeHandle.DangerousGetHandle() };
            while (Libc.Poll(waits, 2, -1) < 0)
            {
                // Retry after a signal (EINTR).
            }

            return waits[1].ReturnedEvents == 0;
        }
    }
}
