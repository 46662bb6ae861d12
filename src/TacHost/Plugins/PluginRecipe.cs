using System.Text;
using TacHost.CommandLine;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Plugins;

/// <summary>A plugin with its options, ready to make its application.</summary>
internal sealed class PluginRecipe : IApplicationRecipe
{
    private readonly PluginCode _code;
    private readonly IReadOnlyList<string> _directories;
    private readonly IReadOnlyList<string> _words;
    private readonly string _launchDirectory;
    private (IServiceMaker Maker, object Options)? _checked;
    private Func<OptionReading, string, object, string> _makeHelp = PluginHelp.Make;

    private PluginRecipe(PluginCode code, IReadOnlyList<string> directories, IReadOnlyList<string> words, string launchDirectory, IReadOnlyList<string> notices) =>
        (_code, _directories, _words, _launchDirectory, Notices) = (code, directories, words, launchDirectory, notices);

    public string Source => $"{_code.Name} ({_code.Path})";

    public IReadOnlyList<string> Notices { get; }

    public bool WasCompiled { get; private init; }

    /// <summary>What is printed instead of a run: the help or the version, if that is what the words ask for.</summary>
    public string? Answer { get; private set; }

    /// <summary>Loads a plugin and reads its options, so that mistakes are told here and now.</summary>
    /// <exception cref="TacHostException">It is broken, or the options are wrong.</exception>
    public static PluginRecipe Prepare(PluginEntry entry, PluginCatalog catalog, HostOptions options, Func<string, IReadOnlyList<string>, CompiledScript> compile, bool asManPage = false)
    {
        var script = entry.File.IsScript ? compile(entry.Path, catalog.SearchDirectories) : null;
        var code = script is null
            ? new PluginCode(entry.Name, entry.Plugin!.TypeName, entry.Path, [new CodeImage(Read(entry.Path, entry), SymbolsOf(entry))], [])
            : new PluginCode(entry.Name, entry.Plugin!.TypeName, entry.Path, script.Code, script.Libraries);
        PluginRecipe recipe = new(code, catalog.SearchDirectories, options.Words, Environment.CurrentDirectory, [.. catalog.Notices, .. script?.Notices ?? []]) { WasCompiled = catalog.HasCompiled || script is { WasCompiled: true } };
        if (asManPage)
            recipe._makeHelp = PluginManPage.Make;

        // A plugin's constructor is not ours to interrupt: one that never ends is left behind on its thread, and ends with the process.
        var check = Task.Run(() => recipe.Check(entry.Plugin!.Version));
        if (!check.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the plugin '{entry.Name}' ('{entry.Path}') is broken: making its service maker and its options did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).");
        check.GetAwaiter().GetResult();
        return recipe;
    }

    /// <summary>The recipe that another process made bytes of.</summary>
    public static PluginRecipe FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return new PluginRecipe(PluginCode.Read(reader), reader.ReadList(), reader.ReadList(), reader.ReadString(), reader.ReadList());
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            _code.Write(writer);
            writer.WriteList(_directories);
            writer.WriteList(_words);
            writer.Write(_launchDirectory);
            writer.WriteList(Notices);
        }

        return stream.ToArray();
    }

    public Task<Application> BuildAsync()
    {
        var (maker, options) = _checked ?? Read();
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
        var maker = _code.Load(_directories);
        var reading = Read(maker);
        if (reading.Options is not null)
            _checked = (maker, reading.Options);
        else
            Answer = reading.Query == OptionQuery.Help ? Guarded(() => _makeHelp(reading, maker.Description, reading.Table.CreateOptions())) : $"{_code.Name} {(version.Length > 0 ? version : "(no version)")}, {_code.Path}\n";
    }

    private (IServiceMaker Maker, object Options) Read()
    {
        var maker = _code.Load(_directories);
        return (maker, Read(maker).Options ?? throw new InvalidOperationException("The options of a plugin have changed on their way to this process."));
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
            throw new TacHostException(ExitCode.Software, $"the plugin '{_code.Name}' ('{_code.Path}') is broken: its options cannot be made. {FailureText.Of(e)}", e);
        }
    }

    private TacHostException Usage(UsageException e) => new(ExitCode.Usage, OneLine.Of($"{_code.Name}: {e.Message}"), e);

    private static byte[] SymbolsOf(PluginEntry entry) => Path.ChangeExtension(entry.Path, ".pdb") is var symbols && File.Exists(symbols) ? Read(symbols, entry) : [];

    private static byte[] Read(string path, PluginEntry entry) => CodeFile.ReadAllBytes(path, entry.Directory.IsNamed);
}
