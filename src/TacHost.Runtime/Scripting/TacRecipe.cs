using System.Reflection;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Scripting;

/// <summary>A compiled tac file, ready to be executed for its application.</summary>
internal sealed class TacRecipe(Prepared.Tac prepared) : IApplicationRecipe
{
    private const string GlobalName = "application";

    public string Source => prepared.Code.Source;

    public IReadOnlyList<string> Notices => prepared.Notices;

    public IReadOnlyList<string> Details => prepared.Details;

    /// <summary>Gets the fingerprints of the code.</summary>
    public CodePrints Prints => CodePrints.FromBytes(prepared.Code.Prints);

    /// <inheritdoc/>
    public string? Keep() => prepared.KeptIn.Length == 0 ? null : LastGoodFile.Write(prepared.KeptIn, prepared);

    /// <inheritdoc/>
    public IReadOnlyList<string> Effects => prepared.Code.Effects;

    /// <inheritdoc/>
    public IReadOnlyList<SourceStamp> Files => Values is null ? prepared.Files : [.. prepared.Files, Values];

    /// <inheritdoc/>
    public string CodeFingerprint => RecipeFingerprint.Of(prepared);

    /// <inheritdoc/>
    public string Fingerprint => RecipeFingerprint.Of(prepared, ValuesOf(Parameters));

    public LoadPlace Place { get; } = LoadPlace.ForStart();

    /// <summary>Gets or sets the values of the tac file's parameters.</summary>
    public ParameterSources Parameters { get; set; } = new();

    /// <summary>Gets or sets the file of values, as it was read, or null.</summary>
    public SourceStamp? Values { get; set; }

    /// <summary>Returns whether other values of the parameters are equal.</summary>
    public bool HasValues(ParameterSources values) => ValuesOf(values).SequenceEqual(ValuesOf(Parameters));

    public async Task<Application> BuildAsync(LoadPlace? place = null)
    {
        var parameters = new TacParameters(Parameters);
        var submission = Load(place ?? Place);
        var global = Global(submission, await EvaluateAsync(submission, parameters));
        CheckAllKnown(parameters);
        if (global is Application application)
            return application;
        if (global is not IService service)
            throw TacErrors.WrongType(Source, global.GetType());
        var wrapping = new Application(Path.GetFileNameWithoutExtension(Source) is { Length: > 0 } name && !name.Any(char.IsControl) ? name : GlobalName);
        service.SetServiceParent(wrapping);
        return wrapping;
    }

    /// <summary>Executes the top level only to find the parameters.</summary>
    /// <returns>The requested parameters, and the failure that ended the execution early, or null.</returns>
    public async Task<(TacParameters Parameters, TacHostException? Failure)> ListParametersAsync()
    {
        var parameters = new TacParameters(Parameters);
        try
        {
            await EvaluateAsync(Load(Place), parameters);
            return (parameters, null);
        }
        catch (TacHostException e)
        {
            return (parameters, e);
        }
    }

    private static List<string> ValuesOf(ParameterSources values) =>
        [.. values.Words, "", .. values.Settings, "", .. values.FileValues.SelectMany(value => value.Texts.Prepend(value.Name))];

    private Type Load(LoadPlace place)
    {
        var context = place.Create(Source, typeof(IService).Assembly, prepared.Code.Libraries, prepared.Directories);
        if (!context.IsCollectible)
            context.LoadOwnLibraries();

        // Not with GetType, whose name parser costs 4 ms of the start.
        return context.LoadMain(prepared.Code.Code).GetTypes().First(type => type.Name == "Submission#0");
    }

    /// <summary>
    /// Executes the script's top level, according to the protocol between Roslyn scripts and their hosts. Returns the object with the globals.
    /// </summary>
    private async Task<object> EvaluateAsync(Type submission, TacParameters parameters)
    {
        object?[] submissions = [parameters, null];
        try
        {
            var run = (Task)submission.GetMethod("<Factory>")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [submissions], null)!;
            await run;
            return submissions[1]!;
        }
        catch (UsageException e)
        {
            throw Usage(e);
        }
        catch (IOException e) when (e.InnerException is TacHostException missing)
        {
            throw new TacHostException(missing.ExitCode, $"'{Source}' cannot run. {missing.Message}", e);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Software, $"'{Source}' threw {FailureText.Of(e)}", e) { Findings = FailurePlace.FindingsOf(e, "exception", ExitCode.Software) };
        }
    }

    private object Global(Type submission, object globals)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        if (submission.GetField(GlobalName, all) is { } field)
            return field.GetValue(globals) ?? throw TacErrors.NullApplication(Source);
        var property = submission.GetProperty(GlobalName, all) ?? throw TacErrors.NoApplication(Source);
        return property.GetValue(globals) ?? throw TacErrors.NullApplication(Source);
    }

    private void CheckAllKnown(TacParameters parameters)
    {
        try
        {
            parameters.ThrowIfUnknown();
        }
        catch (UsageException e)
        {
            throw Usage(e);
        }
    }

    private TacHostException Usage(UsageException e) => new(ExitCode.Usage, $"{Source}: {e.Message}\n  See tachost {Source} --help.", e) { Findings = FailurePlace.FindingsOf(e, "parameter", ExitCode.Usage) };
}
