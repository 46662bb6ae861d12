using TacHost.CommandLine;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Plugins;

/// <summary>A plugin with its options, ready to create its application.</summary>
internal sealed class PluginApplicationSource : IApplicationSource
{
    private readonly PreparedApplication.Plugin _plugin;
    private readonly PluginCode _code;
    private readonly IReadOnlyList<string> _directories;
    private readonly IReadOnlyList<string> _words;
    private readonly string _launchDirectory;
    private readonly Func<OptionReading, string, object, string> _makeHelp;
    private (IServiceMaker Maker, object Options)? _read;

    private PluginApplicationSource(PreparedApplication.Plugin plugin, IReadOnlyList<string> words, string launchDirectory, bool asManPage)
    {
        (_code, _directories, _words, Notices) = (plugin.Code, plugin.Directories, words, plugin.Notices);
        _launchDirectory = launchDirectory;
        (_plugin, Files) = (plugin, [SourceStamp.Of(plugin.Code.Path)]);
        _makeHelp = asManPage ? PluginManPage.Make : PluginHelp.Make;
    }

    public string Origin => $"{_code.Name} ({_code.Path})";

    public IReadOnlyList<string> Notices { get; }

    /// <summary>Gets no prints: the assembly of a plugin is a library, which is the same or another one.</summary>
    public CodePrints Prints { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<SourceStamp> Files { get; }

    /// <inheritdoc/>
    public string CodeFingerprint => PreparedFingerprint.Of(_plugin);

    /// <inheritdoc/>
    public string Fingerprint => PreparedFingerprint.Of(_plugin, _words);

    public LoadPlace Place { get; } = LoadPlace.ForStart();

    /// <summary>Gets the help or the version if the arguments request it, or null for a run.</summary>
    public string? Answer { get; private set; }

    /// <summary>Loads a plugin and reads its options.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="options">Those of the host.</param>
    /// <param name="words">The words that are the plugin's.</param>
    /// <param name="asManPage">True to make the help a man page.</param>
    /// <exception cref="TacHostException">The plugin is broken, or its options are wrong.</exception>
    public static PluginApplicationSource Read(PreparedApplication.Plugin plugin, HostOptions options, IReadOnlyList<string> words, bool asManPage = false)
    {
        PluginApplicationSource source = new(plugin, words, Environment.CurrentDirectory, asManPage);

        // A plugin's constructor cannot be interrupted. If it hangs, its thread is abandoned and ends with the process.
        var check = Task.Run(() => source.Check(plugin.Version));
        if (!check.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the plugin '{plugin.Code.Name}' ('{plugin.Code.Path}') is broken: making its service maker and its options did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).");
        check.GetAwaiter().GetResult();
        return source;
    }

    /// <summary>Returns a source that another process has tried, so that nothing of the plugin is loaded before it is built.</summary>
    public static PluginApplicationSource OfTried(PreparedApplication.Plugin plugin, IReadOnlyList<string> words, string launchDirectory) => new(plugin, words, launchDirectory, asManPage: false);

    public Task<Application> BuildAsync(LoadPlace? place = null)
    {
        var (maker, options) = (place is null ? _read : ReadAgain(place)) ?? throw new InvalidOperationException("The arguments do not ask for a run.");
        IService service;
        try
        {
            service = maker.MakeService(options) ?? throw new InvalidOperationException("it is null");
        }
        catch (UsageException e)
        {
            throw Usage(e);
        }
        catch (Exception e) when (e is not TacHostException)
        {
            throw new TacHostException(ExitCode.Software, $"the plugin '{_code.Name}' ('{_code.Path}') could not make its service. {FailureText.Of(e)}", e);
        }

        if (service is not Application application)
        {
            application = new Application(_code.Name);
            service.SetServiceParent(application);
        }

        return Task.FromResult(application);
    }

    private void Check(string version)
    {
        var maker = PluginLoading.Load(_code, _directories, Place);
        var reading = Read(maker);
        if (reading.Options is not null)
            _read = (maker, reading.Options);
        else
            Answer = reading.Query == OptionQuery.Help ? Guarded(() => _makeHelp(reading, maker.Description, reading.Table.CreateOptions())) : $"{_code.Name} {(version.Length > 0 ? version : "(no version)")}, {_code.Path}\n";
    }

    private (IServiceMaker Maker, object Options)? ReadAgain(LoadPlace place)
    {
        var maker = PluginLoading.Load(_code, _directories, place);
        return Read(maker).Options is { } options ? (maker, options) : null;
    }

    private OptionReading Read(IServiceMaker maker) =>
        Guarded(() => OptionTable.Of(maker.OptionsType).Read(_words, $"tachost {_code.Name}", _launchDirectory));

    private T Guarded<T>(Func<T> useOptions)
    {
        try
        {
            return useOptions();
        }
        catch (UsageException e)
        {
            throw Usage(e);
        }
        catch (Exception e) when (e is not TacHostException)
        {
            throw new TacHostException(ExitCode.Software, $"the plugin '{_code.Name}' ('{_code.Path}') is broken: its options cannot be created. {FailureText.Of(e)}", e);
        }
    }

    private TacHostException Usage(UsageException e) => new(ExitCode.Usage, SingleLine.Escape($"{_code.Name}: {e.Message}"), e);
}
