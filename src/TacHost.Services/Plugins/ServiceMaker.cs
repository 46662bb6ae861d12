using System.Reflection;

namespace TacHost.Services.Plugins;

/// <summary>Makes a service from options of a class.</summary>
/// <remarks>
/// <code>
/// [Plugin("echo", "Sends back what it is sent.")]
/// public sealed class EchoServiceMaker : ServiceMaker&lt;EchoOptions&gt;
/// {
///     protected override IService MakeService(EchoOptions options) =&gt; new TcpServer(options.Port, new EchoFactory(), options.Iface);
/// }
/// </code>
/// The host makes the <see cref="Application"/>, named for the plugin, and runs it with everything that a tac gets.
/// </remarks>
/// <typeparam name="TOptions">The options; see <see cref="OptionAttribute"/>.</typeparam>
public abstract class ServiceMaker<TOptions> : IServiceMaker
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public string TapName => Mark.TapName;

    /// <inheritdoc/>
    public string Description => Mark.Description;

    /// <inheritdoc/>
    public Type OptionsType => typeof(TOptions);

    private PluginAttribute Mark =>
        GetType().GetCustomAttribute<PluginAttribute>() ?? throw new InvalidOperationException($"{GetType().FullName} has no [Plugin(\"name\", \"What it does.\")].");

    /// <inheritdoc/>
    IService IServiceMaker.MakeService(object options) => MakeService((TOptions)options);

    /// <summary>Makes the service. Starts and opens nothing. Called at most once, in the process that runs the service, after its options have been read and checked.</summary>
    /// <exception cref="UsageException">The options cannot be meant so.</exception>
    protected abstract IService MakeService(TOptions options);
}
