namespace TacHost.Control.Server;

/// <summary>Executes a call on the control socket. Responds with <see cref="ControlCall.Answer"/>, or throws an exception.</summary>
/// <param name="call">The call.</param>
/// <param name="cancellationToken">Cancelled if the client disconnects before the response.</param>
internal delegate Task ControlMethod(ControlCall call, CancellationToken cancellationToken);

/// <summary>The methods of a control socket by their names.</summary>
/// <remarks>
/// A method runs on the thread of its client and does not block other clients. A <see cref="TacHostException"/> becomes the error response, with the exit code
/// as its code. Any other exception is a defect, which is logged and answered with <see cref="ExitCode.Software"/>.
/// </remarks>
internal sealed class ControlMethods
{
    private readonly Dictionary<string, ControlMethod> _all = new(StringComparer.Ordinal);

    /// <summary>Gets the names, in alphabetical order.</summary>
    public IEnumerable<string> Names => _all.Keys.Order(StringComparer.Ordinal);

    public void Add(string name, ControlMethod method) => _all.Add(name, method);

    /// <summary>Adds a method that responds before it returns.</summary>
    public void Add(string name, Action<ControlCall> method) => _all.Add(name, (call, _) =>
    {
        method(call);
        return Task.CompletedTask;
    });

    public ControlMethod? Find(string name) => _all.GetValueOrDefault(name);
}
