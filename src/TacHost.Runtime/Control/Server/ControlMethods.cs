namespace TacHost.Control.Server;

/// <summary>Executes a call of the control socket: answers with <see cref="ControlCall.Answer"/>, or throws.</summary>
/// <param name="call">The call.</param>
/// <param name="cancellationToken">Cancelled if the client is gone before the end.</param>
internal delegate Task ControlMethod(ControlCall call, CancellationToken cancellationToken);

/// <summary>The methods of a process that its control socket offers, by their names.</summary>
/// <remarks>
/// A method runs on the thread of its client, and holds up nobody else. A <see cref="TacHostException"/> that it throws is the client's answer: the exit code is the code
/// of the error. Everything else that it throws is a defect, which is logged and answered with <see cref="ExitCode.Software"/>.
/// </remarks>
internal sealed class ControlMethods
{
    private readonly Dictionary<string, ControlMethod> _all = new(StringComparer.Ordinal);

    /// <summary>Gets the names, in alphabetical order.</summary>
    public IEnumerable<string> Names => _all.Keys.Order(StringComparer.Ordinal);

    /// <summary>Adds a method.</summary>
    public void Add(string name, ControlMethod method) => _all.Add(name, method);

    /// <summary>Adds a method that answers before it returns.</summary>
    public void Add(string name, Action<ControlCall> method) => _all.Add(name, (call, _) =>
    {
        method(call);
        return Task.CompletedTask;
    });

    /// <summary>Returns the method of that name, or null.</summary>
    public ControlMethod? Find(string name) => _all.GetValueOrDefault(name);
}
