using System.Reflection;
using System.Text;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Scripting;

/// <summary>A compiled tac file, ready to be run for its application.</summary>
internal sealed class TacRecipe(CompiledTac tac, IReadOnlyList<string> directories, IReadOnlyList<string> notices) : IApplicationRecipe
{
    private const string GlobalName = "application";

    public string Source => tac.Source;

    public IReadOnlyList<string> Notices => notices;

    /// <summary>Whether the compiler was needed, and so is in the memory of this process.</summary>
    public bool WasCompiled { get; init; }

    /// <summary>The files that were read for it.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Gets what the compiler warned of; empty if it was not needed.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets the prints of its code.</summary>
    public CodePrints Prints => CodePrints.FromBytes(tac.Prints);

    /// <summary>The same as a script, for somebody else who knows what to do with it.</summary>
    public CompiledScript Script => new(tac.Code, tac.Libraries, Sources, WasCompiled, notices);

    /// <summary>The recipe as bytes, for another process.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.WriteList(directories);
            writer.WriteList(notices);
            writer.Write(tac.ToBytes());
        }

        return stream.ToArray();
    }

    /// <summary>The recipe that another process made bytes of.</summary>
    public static TacRecipe FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var directories = reader.ReadList();
        var notices = reader.ReadList();
        var tac = CompiledTac.FromBytes(reader.ReadBytes(bytes.Length)) ?? throw new InvalidDataException("The prepared tac file was damaged on its way to this process.");
        return new TacRecipe(tac, directories, notices);
    }

    public async Task<Application> BuildAsync()
    {
        var context = new IsolatedLoadContext(tac.Source, typeof(IService).Assembly, tac.Libraries, directories);
        context.LoadOwnLibraries();
        var global = await EvaluateAsync(context.LoadMain(tac.Code));
        if (global is Application application)
            return application;
        if (global is not IService service)
            throw TacErrors.WrongType(Source, global.GetType());
        var wrapping = new Application(Path.GetFileNameWithoutExtension(Source) is { Length: > 0 } name && !name.Any(char.IsControl) ? name : GlobalName);
        service.SetServiceParent(wrapping);
        return wrapping;
    }

    /// <summary>Runs the script's top level and takes its global: the protocol between Roslyn's scripts and their hosts.</summary>
    private async Task<object> EvaluateAsync(Assembly assembly)
    {
        // Not by GetType, whose parser of names costs 4 ms of the start.
        var submission = assembly.GetTypes().First(type => type.Name == "Submission#0");
        var submissions = new object?[2];
        try
        {
            var run = (Task)submission.GetMethod("<Factory>")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [submissions], null)!;
            await run;
        }
        catch (IOException e) when (e.InnerException is TacHostException missing)
        {
            throw new TacHostException(missing.ExitCode, $"'{Source}' cannot run. {missing.Message}", e);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Software, $"'{Source}' threw {FailureText.Of(e)}", e);
        }

        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        if (submission.GetField(GlobalName, all) is { } field)
            return field.GetValue(submissions[1]) ?? throw TacErrors.NullApplication(Source);
        var property = submission.GetProperty(GlobalName, all) ?? throw TacErrors.NoApplication(Source);
        return property.GetValue(submissions[1]) ?? throw TacErrors.NullApplication(Source);
    }
}
