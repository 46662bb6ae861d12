using System.Reflection;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Infrastructure;
using TacHost.Services.Plugins;

namespace TacHost.Scripting;

/// <summary>A compiled tac file, ready to be executed for its application.</summary>
internal sealed class TacApplicationSource(PreparedApplication.Tac prepared) : IApplicationSource
{
    private const string GlobalName = "application";
    private const BindingFlags AnyMember = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public string Origin => prepared.Code.Source;

    public IReadOnlyList<string> Notices => prepared.Notices;

    public IReadOnlyList<string> Details => prepared.Details;

    public CodePrints Prints => CodePrints.FromBytes(prepared.Code.Prints);

    /// <inheritdoc/>
    public string? Save() => prepared.KeptIn.Length == 0 ? null : LastGoodFile.Write(prepared.KeptIn, prepared);

    /// <inheritdoc/>
    public IReadOnlyList<string> Effects => prepared.Code.Effects;

    /// <inheritdoc/>
    public IReadOnlyList<SourceStamp> Files => Values is null ? prepared.Files : [.. prepared.Files, Values];

    /// <inheritdoc/>
    public string CodeFingerprint => PreparedFingerprint.Of(prepared);

    /// <inheritdoc/>
    public string Fingerprint => PreparedFingerprint.Of(prepared, ValuesOf(Parameters));

    public LoadPlace Place { get; init; } = LoadPlace.ForStart();

    /// <summary>Gets or sets the values of the tac file's parameters.</summary>
    public ParameterSources Parameters { get; set; } = new();

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
            throw TacErrors.WrongType(Origin, global.GetType());
        var wrapping = new Application(Path.GetFileNameWithoutExtension(Origin) is { Length: > 0 } name && !name.Any(char.IsControl) ? name : GlobalName);
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
        var context = place.Create(Origin, typeof(IService).Assembly, prepared.Code.Libraries, prepared.Directories);
        if (!context.IsCollectible)
            context.LoadOwnLibraries();

        // Not with GetType, whose name parser costs 4 ms of the start.
        return context.LoadMain(prepared.Code.Code).GetTypes().First(type => type.Name == "Submission#0");
    }

    /// <summary>Executes the script's top level, according to the protocol between Roslyn scripts and their hosts. Returns the object with the globals.</summary>
    private async Task<object> EvaluateAsync(Type submission, TacParameters parameters)
    {
        object?[] submissions = [parameters, null];
        try
        {
            var run = (Task)submission.GetMethod("<Factory>")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [submissions], null)!;
            await run;
            return submissions[1]!;
        }
        catch (Exception e)
        {
            var failure = Describe(e);
            throw new EvaluationException(failure, ApplicationsIn(submission, submissions[1])) { Findings = failure.Findings };
        }
    }

    private TacHostException Describe(Exception e) => e switch
    {
        UsageException usage => Usage(usage),
        IOException { InnerException: TacHostException missing } => new TacHostException(missing.ExitCode, $"'{Origin}' cannot run. {missing.Message}", e),
        _ => new TacHostException(ExitCode.Software, $"'{Origin}' threw {FailureText.Of(e)}", e) { Findings = FailurePlace.FindingsOf(e, "exception", ExitCode.Software) },
    };

    /// <summary>Returns the applications in the global variables that have been set so far.</summary>
    private static List<Application> ApplicationsIn(Type submission, object? globals) =>
        globals is null ? [] : [.. submission.GetFields(AnyMember).Where(field => field.FieldType == typeof(Application)).Select(field => field.GetValue(globals)).OfType<Application>()];

    private object Global(Type submission, object globals)
    {
        if (submission.GetField(GlobalName, AnyMember) is { } field)
            return field.GetValue(globals) ?? throw TacErrors.NullApplication(Origin);
        var property = submission.GetProperty(GlobalName, AnyMember) ?? throw TacErrors.NoApplication(Origin);
        return property.GetValue(globals) ?? throw TacErrors.NullApplication(Origin);
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

    private TacHostException Usage(UsageException e) => new(ExitCode.Usage, $"{Origin}: {e.Message}\n  See tachost {Origin} --help.", e) { Findings = FailurePlace.FindingsOf(e, "parameter", ExitCode.Usage) };
}
